import { until } from '../cluster.js';
import { install, apps } from '../platform.js';
import type { App } from './deployments.js';
import { expectUnnoticed, type Stage } from './stage.js';

/** An autoscaler has more pods ready by then, milliseconds. */
const UP_WITHIN_MS = 120_000;
/** And is back by then. */
export const BACK_WITHIN_MS = 600_000;
/** How many more ask the time each second, which one pod of two does not do within what it requests. */
const RUSH = 90;

/** The service whose number of pods an autoscaler decides. */
const SCALED: App = 'time';
const autoscaled = ['enabled=true', 'minReplicas=2', 'maxReplicas=3'].flatMap((value) => [
  '--set',
  `${SCALED}.autoscaling.${value}`,
]);

/** Pods come and go, in order, while they are used. */
export const podsReplaced = (stage: () => Stage): void => {
  let rushEndedAt = 0;

  it('[3.15] an autoscaler makes three pods of two within 2 minutes of real load', async () => {
    const { load, platform, deployments } = stage();
    await install(platform, [
      ...autoscaled,
      '--set',
      `${SCALED}.autoscaling.targetCPUUtilizationPercentage=80`,
    ]);
    await until('two pods', async () => (await deployments.replicas(SCALED)) === 2 || undefined);
    const seen = await load.during('HPA 2→3', async ({ rush }) => {
      rush('ask the time', RUSH);
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
    const seen = await load.during('scale orders 1→3→1', async ({ step }) => {
      await step('1→3', () => deployments.scale('orders', 3));
      await step('3→1', () => deployments.scale('orders', 1));
    });
    await deployments.scale('orders', 2);
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
