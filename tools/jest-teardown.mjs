/** Jest's globalTeardown: ends what jest-setup.mjs began. */
import { once } from 'node:events';

/** Jest demands a default export. */
export default async function stopTestServers() {
  const servers = globalThis.courtsideTestServers;
  if (!servers || servers.exitCode !== null) return;
  servers.ref();
  const ended = once(servers, 'exit');
  servers.disconnect();
  await ended;
}
