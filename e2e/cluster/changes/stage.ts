import { prepareToKill } from '../kill.js';
import { summaryOf } from '../load/samples.js';
import { Load, type Case } from '../load/load.js';
import { install, preparePlatform, type Platform } from '../platform.js';
import { settings } from '../settings.js';
import { Deployments } from './deployments.js';

export const changedNamespace = `${settings.namespace}-changed`;

/** A platform as it is by default, with two pods of everything, and the people who use it. */
export class Stage {
  private constructor(
    readonly platform: Platform,
    readonly load: Load,
    readonly deployments: Deployments,
  ) {}

  /** @param release what is installed; this one unless given */
  static async open(release?: {
    readonly chart: string;
    readonly digests: string;
  }): Promise<Stage> {
    // As docs/operations/upgrade.md advises for a node that is small for what runs on it.
    const sizes = { replicas: 2, cpuOfStores: '250m' };
    const platform = await preparePlatform(changedNamespace, sizes);
    const [values = ''] = platform.values;
    await install(
      release ? { ...platform, ...release, values: [values, release.digests] } : platform,
    );
    await prepareToKill(changedNamespace);
    return new Stage(platform, await Load.prepare(platform), new Deployments(changedNamespace));
  }
}

/** What people saw who saw nothing of it, and the least that they did. */
export function expectUnnoticed(seen: Case): void {
  const { name, all, from, to, lost, doubled } = seen;
  const failed = summaryOf(all.failures, from);
  expect({ name, failed, lost, doubled }).toEqual({ name, failed: [], lost: [], doubled: [] });
  const seconds = (to - from) / 1_000;
  expect(seen.during.sent).toBeGreaterThanOrEqual(Math.floor(100 * seconds));
}
