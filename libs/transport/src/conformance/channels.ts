import { deadAfterMs, range, until } from './lab.js';
import type { Suite } from './suite.js';

export function channelPromises({ describe, promise, expect }: Suite): void {
  describe('replies', () => {
    promise('reach only the client instance that asked', async (lab) => {
      await lab.replica('echo', { requests: { 'echo.back': (data: unknown) => data } });
      const asking = lab.client('gateway', { instance: 'a' });
      const other = lab.harness.broker({ deadAfterMs, service: 'gateway' });
      await other.connect();
      const heard: string[] = [];
      const address = other.inboxAddress('gateway', 'b');
      const stop = await other.openInbox(
        address,
        (text) => heard.push(text),
        () => {},
      );
      const answers = await Promise.all(range(20).map((n) => asking.request('echo.back', n)));
      expect(answers).toEqual(range(20));
      const echo = lab.harness.broker({ deadAfterMs, service: 'echo' });
      await echo.connect();
      const queue = { kind: 'requests', name: 'echo' } as const;
      await echo.reply(queue, [{ inbox: address, text: 'a last one' }]);
      await until('its own frame', () => heard.length > 0);
      expect(heard).toEqual(['a last one']);
      await stop();
      await Promise.all([other.close(), echo.close()]);
    });

    promise('go to inboxes only, whatever a request names', async (lab) => {
      const gateway = lab.harness.broker({ deadAfterMs, service: 'gateway' });
      await gateway.connect();
      const heard: string[] = [];
      await gateway.onBroadcast('roles', (text) => heard.push(text));
      const elsewhere = gateway.inboxAddress('gateway', 'b').replace(/:r:.*/, ':b:roles');
      let runs = 0;
      await lab.replica('echo', { requests: { 'echo.back': () => (runs += 1) } });
      const header = { v: 1, k: 'q', p: 'echo.back', i: 'an id', s: 'gateway', r: elsewhere };
      const entry = { header: JSON.stringify({ ...header, t: Date.now() + 5_000 }), body: '{}' };
      await gateway.enqueue('echo', [entry], { queueMax: 10 });
      await until('its run', () => runs === 1);
      // Whoever asks after it is answered, so it has been finished without anybody hearing of it.
      expect(await lab.client('gateway').request('echo.back', {})).toBe(2);
      await gateway.broadcast('roles', 'changed');
      await until('the broadcast', () => heard.length > 0);
      expect(heard).toEqual(['changed']);
      await gateway.close();
    });
  });

  describe('a broadcast', () => {
    promise('reaches every process that listens', async (lab) => {
      const heard: string[] = [];
      const brokers = range(3).map(() => lab.harness.broker({ deadAfterMs, service: 'gateway' }));
      await Promise.all(brokers.map((broker) => broker.connect()));
      for (const [n, broker] of brokers.entries()) {
        await broker.onBroadcast('roles', (text) => heard.push(`${n} ${text}`));
      }
      await brokers[0]?.broadcast('roles', 'changed');
      await until('all three', () => heard.length === 3);
      expect([...heard].sort()).toEqual(['0 changed', '1 changed', '2 changed']);
      await Promise.all(brokers.map((broker) => broker.close()));
    });

    promise('that may have been missed is told as a gap after a reconnect', async (lab) => {
      const broker = lab.harness.broker({ deadAfterMs, service: 'gateway' });
      await broker.connect();
      let gaps = 0;
      const heard: string[] = [];
      await broker.onBroadcast(
        'roles',
        (text) => heard.push(text),
        () => (gaps += 1),
      );
      expect(gaps).toBe(0);
      await lab.harness.dropConnections(broker);
      await until('the gap', () => gaps === 1);
      await broker.broadcast('roles', 'again');
      await until('the next broadcast', () => heard.length === 1);
      await broker.close();
    });
  });
}
