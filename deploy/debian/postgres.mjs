/** PostgreSQL of Debian: its first cluster, a database of ours in it, a role and a schema for each service. */
import { Failed, run, say } from './commands.mjs';
import { secrets } from './layout.mjs';

const DATABASE = 'courtside';
const SOCKETS = '/var/run/postgresql';

function cluster() {
  const [line] = run(['pg_lsclusters', '--no-header']).stdout.trim().split('\n');
  const [version, name, port, status] = (line ?? '').split(/\s+/);
  if (!version) throw new Failed('PostgreSQL has no cluster: pg_createcluster makes one');
  return { version, name, port, isUp: status?.startsWith('online') };
}

const sql = (port, database, text) =>
  run(['psql', '--no-psqlrc', '-p', port, '-d', database, '-Atqc', text], { as: 'postgres' })
    .stdout;

/** @returns where its roles are to connect. */
export function startPostgres() {
  const { version, name, port, isUp } = cluster();
  if (!isUp) run(['pg_ctlcluster', version, name, 'start']);
  const known = sql(port, 'postgres', `SELECT 1 FROM pg_database WHERE datname = '${DATABASE}'`);
  if (known.trim() !== '1') {
    say(`making the database ${DATABASE}`);
    sql(port, 'postgres', `CREATE DATABASE ${DATABASE}`);
  }
  return { port };
}

/** By the superuser of this machine, who shows no password. */
export function giveRoles({ port }, release) {
  const url = `postgres://postgres@localhost:${port}/${DATABASE}?host=${encodeURIComponent(SOCKETS)}`;
  const program = [process.execPath, `${release}/install/app/main.js`];
  run(
    [
      ...program,
      'database',
      '--plan',
      `${release}/plan.json`,
      '--passwords',
      `${secrets}/postgres`,
    ],
    {
      as: 'postgres',
      env: { PATH: process.env.PATH, ADMIN_DATABASE_URL: url },
    },
  );
}
