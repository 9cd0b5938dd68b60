import type { Logger } from '@courtside/service';
import { eventually } from '@courtside/testing';
import { SignUpSweep } from './sign-up-sweep.js';
import type { SignUpsStore } from './sign-ups.store.js';

/** A sweep over a store that answers each look with the next of these. */
function aSweep(looks: (() => Promise<number>)[], everyMs: number) {
  const seen = { looks: 0, warnings: [] as string[] };
  const store = {
    callOffOverdue: () => {
      seen.looks += 1;
      return (looks.shift() ?? (() => Promise.resolve(0)))();
    },
  } as unknown as SignUpsStore;
  const logger = {
    warn: (_fields: object, said: string) => void seen.warnings.push(said),
  } as unknown as Logger;
  return { sweep: new SignUpSweep(store, { SIGN_UP_SWEEP_MS: everyMs }, logger), seen };
}

const HOUR_MS = 3_600_000;

describe('the sweep of unfinished sign-ups', () => {
  it('goes on at once while there may be more, and rests when there is not', async () => {
    const full = () => Promise.resolve(50);
    const { sweep, seen } = aSweep([full, full, () => Promise.resolve(49)], HOUR_MS);
    sweep.onApplicationBootstrap();
    await eventually('three looks', () => seen.looks === 3);
    await sweep.beforeApplicationShutdown();
    expect(seen.looks).toBe(3);
    expect(new Set(seen.warnings)).toEqual(
      new Set(['called off sign-ups that had been left unfinished']),
    );
  });

  it('ends in the middle of a rest, and not in the middle of its work', async () => {
    let finish = (_count: number): void => undefined;
    const slow = () => new Promise<number>((resolve) => (finish = resolve));
    const { sweep, seen } = aSweep([slow], HOUR_MS);
    sweep.onApplicationBootstrap();
    await eventually('the first look', () => seen.looks === 1);
    let hasEnded = false;
    const ended = sweep.beforeApplicationShutdown().then(() => (hasEnded = true));
    await new Promise((resolve) => setImmediate(resolve));
    expect(hasEnded).toBe(false);
    finish(50);
    await ended;
    expect(seen.looks).toBe(1);
  });

  it('says once that it cannot look, and goes on when it can', async () => {
    const fail = () => Promise.reject(new Error('connection refused'));
    const { sweep, seen } = aSweep([fail, fail, fail, () => Promise.resolve(2)], 1);
    sweep.onApplicationBootstrap();
    await eventually('a look after that', () => seen.looks > 4);
    await sweep.beforeApplicationShutdown();
    expect(seen.warnings).toEqual([
      'unfinished sign-ups could not be looked for',
      'called off sign-ups that had been left unfinished',
    ]);
  });
});
