/**
 * Runs in a process of its own, started by a spec: a PostgreSQL that may be killed. Obeys `start` and `kill`,
 * answers each, and takes the server down when that spec ends in any way.
 */
import { rm } from 'node:fs/promises';
import { serverHome } from './directories.mjs';
import { freePort } from './ports.mjs';
import { postgresBinaries } from './postgres-binaries.mjs';
import { postgresUrl, startPostgres, stopPostgres } from './postgres.mjs';

const home = serverHome(`own-${process.pid}`);
const port = await freePort();

/** What was committed is on the disk: whether it is, a kill is to find out. */
const settings = { max_connections: '100', shared_buffers: '32MB' };

const acts = {
  start: async () => {
    await startPostgres({ binaries: await postgresBinaries(), home, port, settings });
    return postgresUrl(home, port);
  },
  /** As a crash would. */
  kill: async () => void (await stopPostgres(home, { signal: 'SIGKILL' })),
};

process.on('message', (act) => {
  acts[act]().then(
    (url) => process.send?.({ url }),
    (error) => process.send?.({ fault: error.message }),
  );
});
process.on('disconnect', async () => {
  await acts.kill();
  await rm(home, { recursive: true, force: true });
  process.exit();
});
