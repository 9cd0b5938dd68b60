/**
 * One service of `bench:transport:backlog` in a process of its own: `catches-up` handles events,
 * `live` answers requests meanwhile.
 */
import { once } from 'node:events';
import { built } from '../../tools/generate/built.mjs';

const { TransportServer, openBroker } = await built('libs/transport');

/** Finished events that nobody needs any more are kept no longer than that. */
const KEEP_EVENTS_MS = 500;

process.on('disconnect', () => process.exit());
const [{ url, role }] = await once(process, 'message');
const server = new TransportServer({
  broker: openBroker(url, { service: role }),
  service: role,
  ownsBroker: true,
  keepEventsMs: KEEP_EVENTS_MS,
});
const handled = { count: 0, firstAt: 0, lastAt: 0 };
server.addHandler('live.read', async (data) => data);
const onEvent = async () => {
  handled.lastAt = Date.now();
  handled.firstAt ||= handled.lastAt;
  handled.count += 1;
};
if (role === 'catches-up') server.addHandler('bench.happened', onEvent, true);
await server.listen((error) => {
  if (error) throw error;
});
process.on('message', async (what) => {
  if (what === 'figures') process.send(handled);
  if (what !== 'end') return;
  await server.close();
  process.exit(0);
});
process.send('ready');
