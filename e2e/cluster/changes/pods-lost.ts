import { setTimeout as pause } from 'node:timers/promises';
import { objects, until, type ClusterObject } from '../cluster.js';
import { killProcess } from '../kill.js';
import { servicesOf, type Journey } from '../load/mix.js';
import { summaryOf, type Failure } from '../load/samples.js';
import { apps, RELEASE } from '../platform.js';
import { changedNamespace, expectUnnoticed, type Stage } from './stage.js';

const services = apps.filter((app) => app !== 'gateway');
/** Of each service alone e2e/platform shows it; here that it is so of pods, and that the books agree. */
const away = ['users', 'orders'] as const;
/** How long people go without a service, milliseconds. */
const AWAY_MS = 4_000;

interface EndpointSlice extends ClusterObject {
  readonly endpoints: readonly {
    readonly targetRef?: { readonly name: string };
    readonly conditions: { readonly ready?: boolean };
  }[];
}

/** Until the cluster sends no new requests to a pod. */
const unlisted = (pod: string): Promise<true> =>
  until(`${pod} is no endpoint any more`, async () => {
    const slices = await objects<EndpointSlice>(changedNamespace, 'endpointslices');
    const endpoints = slices
      .filter(({ metadata }) => metadata.name.startsWith(`${RELEASE}-gateway-`))
      .flatMap((slice) => slice.endpoints ?? []);
    const own = endpoints.find(({ targetRef }) => targetRef?.name === pod);
    return own?.conditions.ready === true ? undefined : true;
  });

/** What an ingress knows a little later than the API server, milliseconds. */
const HEARD_AFTER_MS = 1_000;

/** Pods die without a word, or are away, while they are used. */
export const podsLost = (stage: () => Stage): void => {
  it('[0.1] a pod of each service is killed, and nobody notices', async () => {
    const { load, deployments } = stage();
    const seen = await load.during('SIGKILL of a pod of each service', async ({ step }) => {
      for (const app of services) {
        await step(app, async () => {
          const [pod = ''] = await deployments.podsOf(app);
          await (await killProcess(changedNamespace, pod)).restarted();
        });
      }
    });
    expectUnnoticed(seen);
  });

  it('[4.30] a pod of the gateway is killed: nothing fails but what it had, and the same key finds the same order', async () => {
    const { load, deployments } = stage();
    let [killedAt, unlistedAt] = [0, 0];
    const seen = await load.during('SIGKILL of a gateway pod', async () => {
      const [pod = ''] = await deployments.podsOf('gateway');
      killedAt = performance.now();
      const { restarted } = await killProcess(changedNamespace, pod);
      await unlisted(pod);
      unlistedAt = performance.now();
      await restarted();
    });
    const { failures } = seen.all;
    const isIts = ({ at }: Failure) => at >= killedAt && at <= unlistedAt + HEARD_AFTER_MS;
    expect(
      summaryOf(
        failures.filter((failure) => !isIts(failure)),
        killedAt,
      ),
    ).toEqual([]);
    // Every order whose answer was lost was asked for again, with its key: see the auditor.
    expect([seen.lost, seen.doubled]).toEqual([[], []]);
  });

  it.each(away)('[4.30] %s is away: all journeys without it go on', async (app) => {
    const { load, deployments } = stage();
    const seen = await load.during(`no ${app}`, async () => {
      await deployments.scale(app, 0);
      await pause(AWAY_MS);
      await deployments.scale(app, 2);
    });
    const { failures } = seen.all;
    const takes = ({ journey }: Failure) => servicesOf[journey as Journey].includes(app);
    expect(
      summaryOf(
        failures.filter((failure) => !takes(failure)),
        seen.from,
      ),
    ).toEqual([]);
    const isTold = ({ status, retryAfter }: Failure) => status === 503 && retryAfter !== undefined;
    expect(
      summaryOf(
        failures.filter((failure) => !isTold(failure)),
        seen.from,
      ),
    ).toEqual([]);
    expect([seen.lost, seen.doubled]).toEqual([[], []]);
  });
};
