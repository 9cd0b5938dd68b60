import { helm, objects, type ClusterObject } from '../cluster.js';
import { CommandError } from '../../command.js';
import { install, RELEASE, type Platform } from '../platform.js';
import type { Release } from './previous-release.js';
import { expectUnnoticed, type Stage } from './stage.js';

/** A bad image has to be off again by then, milliseconds. */
const BACK_WITHIN_MS = 90_000;
/** How long Helm gives new pods to be ready before it rolls back. */
const READY_WITHIN = '30s';

/** What a pipeline tells Helm, so that a release that fails is rolled back. */
async function rollingBack(): Promise<string> {
  const version = await helm(['version', '--template', '{{.Version}}']);
  return version.startsWith('v3') ? '--atomic' : '--rollback-on-failure';
}

interface HelmRevision {
  readonly revision: number;
  readonly status: string;
  readonly description: string;
}

async function newestRevision({ namespace }: Platform): Promise<HelmRevision> {
  const text = await helm(['history', RELEASE, '-n', namespace, '--max', '1', '-o', 'json']);
  const [revision] = JSON.parse(text) as HelmRevision[];
  if (!revision) throw new Error(`${RELEASE} has no revision`);
  return revision;
}

/** An image of this repository that is none of the gateway: it starts, and never gets ready. */
async function badImage({ namespace }: Platform): Promise<string[]> {
  const sets = await objects<Workload>(namespace, 'statefulsets');
  const images = sets.flatMap(({ spec }) => spec.template.spec.containers);
  const [, digest = ''] = images.find(({ name }) => name === 'redis')?.image.split('@') ?? [];
  const image = { repository: 'courtside/redis', digest };
  return Object.entries(image).flatMap(([key, value]) => [
    '--set',
    `gateway.image.${key}=${value}`,
  ]);
}

interface Workload extends ClusterObject {
  readonly spec: {
    readonly template: {
      readonly spec: {
        readonly containers: readonly { readonly name: string; readonly image: string }[];
      };
    };
  };
}

/** From one release to the next and back, while it is used. */
export const releases = (stage: () => Stage, previous: () => Release): void => {
  const rollBack = async () => {
    const { namespace } = stage().platform;
    const { revision } = await newestRevision(stage().platform);
    const args = ['rollback', RELEASE, String(revision - 1), '-n', namespace];
    await helm([...args, '--wait', '--timeout', '180s'], { withinMs: 240_000 });
  };

  /** Whatever else a release changes, the rights of the bus among it: that is no other start of a store. */
  const leavingStores = async (change: () => Promise<void>) => {
    const { deployments } = stage();
    const before = await deployments.stores();
    expect([...before.keys()].sort()).toEqual([`${RELEASE}-postgres-0`, `${RELEASE}-redis-0`]);
    await change();
    for (const [name, pod] of await deployments.stores()) {
      if (before.get(name)?.image === pod.image)
        expect([name, pod]).toEqual([name, before.get(name)]);
    }
  };

  it('[2.17] from the release before, its migrations included, fails no request and loses no order', async () => {
    const { load, platform } = stage();
    await leavingStores(async () => {
      expectUnnoticed(
        await load.during(`upgrade from ${previous().name}`, () => install(platform)),
      );
    });
  });

  it('[1.18] back to the release before, on the database of this one, fails no request and loses no order', async () => {
    await leavingStores(async () => {
      expectUnnoticed(await stage().load.during('rollback', rollBack));
    });
  });

  it('[1.18] to an image that does not get ready, goes back by itself within 90 s, and nobody notices', async () => {
    const { load, platform, deployments } = stage();
    // Back to this release, which the cases that follow are about.
    await install(platform);
    const good = await deployments.imageOf('gateway');
    const more = [await rollingBack(), ...(await badImage(platform))];
    let said = '';
    const seen = await load.during('bad image', () =>
      install(platform, [...more, '--timeout', READY_WITHIN]).catch((error: unknown) => {
        if (!(error instanceof CommandError)) throw error;
        said = error.message;
      }),
    );
    expectUnnoticed(seen);
    expect(said).toMatch(/rolled back|uninstalled|atomic|rollback/i);
    expect(seen.to - seen.from).toBeLessThan(BACK_WITHIN_MS);
    expect(await deployments.imageOf('gateway')).toBe(good);
    expect((await newestRevision(platform)).description).toMatch(/^Rollback/);
  });
};
