/** Jest's globalSetup of every project that needs servers: TEST_DATABASE_URL, TEST_REDIS_URL. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** Jest demands a default export. */
export default async function startTestServers() {
  if (globalThis.courtsideTestServers) return;
  const servers = fork(fileURLToPath(new URL('./local/test-servers.mjs', import.meta.url)), {
    execArgv: [],
  });
  globalThis.courtsideTestServers = servers;
  const ended = once(servers, 'exit').then(([code]) => [{ fault: `they ended with code ${code}` }]);
  const [{ environment, fault }] = await Promise.race([once(servers, 'message'), ended]);
  if (fault) throw new Error(`The servers for tests did not start: ${fault}`);
  Object.assign(process.env, environment);
  servers.unref();
  servers.channel?.unref();
}
