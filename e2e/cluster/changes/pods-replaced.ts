import { until } from '../cluster.js';
import { install, apps } from '../platform.js';
import type { App } from './deployments.js';
import { expectUnnoticed, type Stage } from './stage.js';

/** An autoscaler has more pods ready by then, milliseconds. */
const UP_WITHIN_MS = 120_000;
/** And is back by then. */
const BACK_WITHIN_MS = 600_000;
/** How many more list the catalogue each second: more than twice of what there is anyway. */
const RUSH = 90;
/**
 * Of what a pod requests, percent. Two pods of products take some 80 of it as people come anyway, and some
 * 190 while the rush is on.
 */
const TARGET = 120;

/** The service whose number of pods an autoscaler decides. */
const SCALED: App = 'products';
const autoscaled = [
  ...['enabled=true', 'minReplicas=2', 'maxReplicas=3'],
  `targetCPUUtilizationPercentage=${TARGET}`,
].flatMap((value) => ['--set', `${SCALED}.autoscaling.${value}`]);

/** Pods come and go, in order, while they are used. */
export const podsReplaced = (stage: () => Stage): void => {
  let rushEndedAt = 0;

  it('[3.15] an autoscaler makes three pods of two within 2 minutes of real load', async () => {
    const { load, platform, deployments } = stage();
    await install(platform, autoscaled);
    await until('two pods', async () => (await deployments.replicas(SCALED)) === 2 || undefined);
    const seen = await load.during('HPA 2→3', async ({ rush }) => {
      rush('list the catalogue', RUSH);
      const isUp = async () => (await deployments.replicas(SCALED)) >= 3 || undefined;
      await until('a third pod is ready', isUp, UP_WITHIN_MS);
    });
    rushEndedAt = performance.now();
    expectUnnoticed(seen);
  });

  it('[0.5] every app is rolled out anew', async () => {
    const { load, deployments } = stage();
    const seen = await load.during('rolling update', async ({ step }) => {
      for (const app of apps) await step(app, () => deployments.restart(app));
    });
    expectUnnoticed(seen);
  });

  it('[0.5] a service is scaled from one pod to three, and back to one', async () => {
    const { load, deployments } = stage();
    await deployments.scale('orders', 1);
    const seen = await load
      .during('scale orders 1→3→1', async ({ step }) => {
        await step('1→3', () => deployments.scale('orders', 3));
        await step('3→1', () => deployments.scale('orders', 1));
      })
      // The cases after this one have two pods of everything, whatever came of it.
      .finally(() => deployments.scale('orders', 2));
    expectUnnoticed(seen);
  });

  it('[0.1] every pod of every app is deleted', async () => {
    const { load, deployments } = stage();
    const deleteOne = async (pods: readonly string[]) => {
      await deployments.kubectl('delete', 'pod', ...pods, '--wait=true');
      for (const app of apps) await deployments.settled(app);
    };
    const seen = await load.during('delete pods', async ({ step }) => {
      const before = await Promise.all(apps.map((app) => deployments.podsOf(app)));
      for (const nth of [0, 1]) {
        const pods = before.flatMap((names) => names[nth] ?? []);
        await step(`number ${nth + 1} of each app`, () => deleteOne(pods));
      }
    });
    expectUnnoticed(seen);
  });

  it(
    '[3.15] the autoscaler is back to two pods within 10 minutes of the end of the load',
    async () => {
      const { deployments } = stage();
      const left = BACK_WITHIN_MS - (performance.now() - rushEndedAt);
      const isBack = async () => (await deployments.replicas(SCALED)) === 2 || undefined;
      await until('two pods', isBack, left);
    },
    BACK_WITHIN_MS,
  );
};
