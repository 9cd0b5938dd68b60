/** The service of `bench:transport:soak` in a process of its own: handles events and answers requests. */
import { once } from 'node:events';
import { built } from '../../tools/generate/built.mjs';

const { TransportServer, openBroker } = await built('libs/transport');

process.on('disconnect', () => process.exit());
const [{ url }] = await once(process, 'message');
const server = new TransportServer({
  broker: openBroker(url, { service: 'soak' }),
  service: 'soak',
  ownsBroker: true,
  keepEventsMs: 1_000,
});
let events = 0;
server.addHandler('soak.read', async (data) => data);
server.addHandler('bench.happened', async () => void (events += 1), true);
await server.listen((error) => {
  if (error) throw error;
});
process.on('message', async (what) => {
  if (what === 'figures') {
    globalThis.gc();
    process.send({ events, heapUsed: process.memoryUsage().heapUsed });
  }
  if (what !== 'end') return;
  await server.close();
  process.exit(0);
});
process.send('ready');
