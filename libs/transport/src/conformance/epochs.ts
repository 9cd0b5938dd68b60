import { rejection, until } from './lab.js';
import type { Suite } from './suite.js';

export function epochPromises({ describe, promise, expect }: Suite): void {
  describe('the epoch of the bus', () => {
    promise('is the same for every process, from the first that asks on', async (lab) => {
      const brokers = [1, 2, 3].map(() =>
        lab.harness.broker({ service: 'mail', deadAfterMs: 1_000 }),
      );
      await Promise.all(brokers.map((broker) => broker.connect()));
      const epochs = await Promise.all(brokers.map((broker) => broker.epoch()));
      expect(new Set(epochs).size).toBe(1);
      expect(await brokers[0]?.epoch()).toBe(epochs[0]);
      await Promise.all(brokers.map((broker) => broker.close()));
    });

    promise('is another one after the data is gone, and cannot be guessed', async (lab) => {
      const broker = lab.harness.broker({ service: 'mail', deadAfterMs: 1_000 });
      await broker.connect();
      const before = await broker.epoch();
      await lab.harness.wipe();
      const after = await broker.epoch();
      expect(after === before).toBe(false);
      expect(after.length).toBeGreaterThan(21);
      await broker.close();
    });

    promise('outlives a reconnect', async (lab) => {
      const broker = lab.harness.broker({ service: 'mail', deadAfterMs: 1_000 });
      await broker.connect();
      const before = await broker.epoch();
      await lab.harness.dropConnections(broker);
      let after: string | undefined;
      await until('an answer', async () => {
        after = await broker.epoch().catch(() => undefined);
        return after !== undefined;
      });
      expect(after).toBe(before);
      await broker.close();
    });

    promise('is not told by a broker that is closed', async (lab) => {
      const broker = lab.harness.broker({ service: 'mail', deadAfterMs: 1_000 });
      await broker.connect();
      await broker.close();
      expect(await rejection(broker.epoch())).toMatchObject({ code: 'DISCONNECTED' });
    });
  });
}
