import { setTimeout as pause } from 'node:timers/promises';
import { platform } from './installation.js';
import { killProcess, prepareToKill } from './kill.js';
import { Load } from './load/load.js';
import { summaryOf, type Failure } from './load/samples.js';
import { tableOf } from './load/table.js';
import { RELEASE, stores } from './platform.js';

/** Everybody is served again by then, milliseconds after the store is back. */
const SERVED_WITHIN_MS = 5_000;
/** How long it is watched that nobody fails any more, milliseconds. */
const WATCHED_MS = 5_000;

export const storesLost = (): void =>
  describe('whose data stores are killed while people use it', () => {
    let load: Load;

    beforeAll(async () => {
      await prepareToKill(platform.namespace);
      load = await Load.prepare(platform);
    });
    afterAll(() => {
      if (load) process.stderr.write(`\n${tableOf(load.cases)}\n\n`);
    });

    it.each(stores)(
      '[4.30] %s: who is not served is told when to come again, and no order is lost or doubled',
      async (store) => {
        let backAt = 0;
        const seen = await load.during(`SIGKILL of ${store}`, async () => {
          const { restarted } = await killProcess(platform.namespace, `${RELEASE}-${store}-0`);
          await restarted();
          backAt = performance.now();
          await pause(SERVED_WITHIN_MS + WATCHED_MS);
        });
        const { failures } = seen.all;
        const of = (some: (failure: Failure) => boolean) =>
          summaryOf(failures.filter(some), seen.from);
        expect(of(({ status, retryAfter }) => status !== 503 || retryAfter === undefined)).toEqual(
          [],
        );
        expect(of(({ at }) => at > backAt + SERVED_WITHIN_MS)).toEqual([]);
        expect([seen.lost, seen.doubled]).toEqual([[], []]);
      },
    );
  });
