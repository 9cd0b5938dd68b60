import { randomBytes } from 'node:crypto';
import { helm, kubectl, objects, until, type ClusterObject } from './cluster.js';
import { platform } from './installation.js';
import { ask, PASSWORD, signIn, signInAsAdmin } from './journeys.js';
import { install, RELEASE } from './platform.js';
import { inPod } from './pods.js';

/** A Job has ended by then, milliseconds. */
const JOB_WITHIN_MS = 120_000;

const inNamespace = (args: readonly string[], stdin?: string): Promise<string> =>
  kubectl(['-n', platform.namespace, ...args], {
    withinMs: JOB_WITHIN_MS,
    ...(stdin !== undefined && { stdin }),
  });

interface Job extends ClusterObject {
  readonly status: { readonly succeeded?: number; readonly failed?: number };
}

/** Makes a Job of a CronJob, as docs/operations/backup.md says. @returns whether it succeeded, and its log */
async function runJob(
  name: string,
  from: string,
  settings: readonly string[] = [],
): Promise<{ succeeded: boolean; log: string }> {
  const made = ['create', 'job', name, `--from=cronjob/${RELEASE}-${from}`];
  const job = await inNamespace([...made, '--dry-run=client', '-o', 'json']);
  const set = settings.length === 0 ? job : await withSettings(job, settings);
  await inNamespace(['create', '-f', '-'], set);
  const ended = await until(
    `the Job ${name} ends`,
    async () => {
      const jobs = await objects<Job>(platform.namespace, 'jobs');
      const status = jobs.find(({ metadata }) => metadata.name === name)?.status;
      return status?.succeeded || status?.failed ? status : undefined;
    },
    JOB_WITHIN_MS,
  );
  // Of a Job that failed, some containers never began.
  const all = ['--all-containers', '--ignore-errors', '--tail=-1'];
  const log = await inNamespace(['logs', `job/${name}`, ...all]);
  return { succeeded: ended.succeeded === 1, log };
}

const withSettings = (job: string, settings: readonly string[]): Promise<string> =>
  kubectl(['set', 'env', '--local', '-f', '-', '-o', 'json', ...settings], { stdin: job });

async function sql<T>(query: string): Promise<T[]> {
  const program = 'PGPASSWORD=$(cat /etc/postgres/passwords/POSTGRES_PASSWORD) exec psql "$@"';
  const args = ['-h', '127.0.0.1', '-U', 'postgres', '-d', 'courtside', '-At', '-c'];
  const wrapped = `SELECT coalesce(json_agg(row), '[]') FROM (${query}) row`;
  const pod = `${RELEASE}-postgres-0`;
  const command = ['sh', '-c', program, 'psql', ...args, wrapped];
  return JSON.parse(await inPod(platform.namespace, pod, command)) as T[];
}

const TABLES = [
  ...['users."user"', 'auth.credential', 'auth.session', 'products.product'],
  ...['products.reservation', 'orders."order"', 'orders.order_item'],
];

/** Rows of the tables that only people fill. */
async function counts(): Promise<Record<string, number>> {
  const each = TABLES.map((table) => `SELECT '${table}' AS name, count(*) FROM ${table}`);
  const rows = await sql<{ name: string; count: number }>(each.join(' UNION ALL '));
  return Object.fromEntries(rows.map(({ name, count }) => [name, count]));
}

const APPS = 'app.kubernetes.io/part-of=courtside';

async function stopApps(): Promise<void> {
  await inNamespace(['scale', 'deployment', '--selector', APPS, '--replicas=0']);
  await inNamespace(['wait', '--for=delete', 'pod', '--selector', `${APPS},pod-template-hash`]);
}

/** Takes the volume of the record away, as a lost disk would; an empty one takes its place. */
async function loseTheRecord(): Promise<void> {
  const set = `statefulset/${RELEASE}-postgres`;
  await inNamespace(['scale', set, '--replicas=0']);
  await inNamespace(['wait', '--for=delete', `pod/${RELEASE}-postgres-0`]);
  await inNamespace(['delete', 'pvc', `data-${RELEASE}-postgres-0`]);
  await inNamespace(['scale', set, '--replicas=1']);
  await inNamespace(['rollout', 'status', set, '--timeout=90s']);
}

export const backups = (): void =>
  describe('backed up and restored', () => {
    const username = `kept-${randomBytes(4).toString('hex')}`;
    let token: string;
    let order: { id: string };
    let before: Record<string, number>;
    let backup: string;

    beforeAll(async () => {
      const admin = await signInAsAdmin();
      const product = await ask<{ id: string }>(201, 'POST /api/products', {
        token: admin,
        body: { name: 'Kept ball', price: { amount: 1_999, currency: 'EUR' }, stock: 5 },
      });
      await ask(201, 'POST /api/users', { body: { username, password: PASSWORD } });
      token = await signIn(username, PASSWORD);
      const items = [{ productId: product.id, quantity: 2 }];
      order = await ask(201, 'POST /api/orders', { token, body: { items } });
    });

    it('[2.17] is backed up by a Job, while it is used', async () => {
      before = await counts();
      const { succeeded, log } = await runJob('backup-drill', 'backup');
      if (!succeeded) throw new Error(log);
      expect(log).toMatch(/^dumped: \d+ bytes, \d+ tables$/m);
      [, backup = ''] = /^(\d{8}T\d{6}Z): kept in \/backups, \d+ rows/m.exec(log) ?? [];
      expect(log).toMatch(new RegExp(`^kept: ${backup}`, 'm'));
    });

    it('refuses a restore while anything is connected, or over data that nobody gave up', async () => {
      const { succeeded, log } = await runJob('restore-refused', 'restore');
      expect(succeeded).toBe(false);
      expect(log).toMatch(/services are connected: auth \(\d+\).*kubectl -n \S+ scale deployment/);
      expect(log).toMatch(/the database has tables: .* RESTORE_REPLACE=true takes them away/);
    });

    it('[2.17] is as it was after its record was lost: every row, every session, every order', async () => {
      await stopApps();
      await loseTheRecord();
      const { succeeded, log } = await runJob('restore-drill', 'restore');
      if (!succeeded) throw new Error(log);
      expect(log).toMatch(new RegExp(`^restored: ${backup}, \\d+ rows of \\d+ tables`, 'm'));
      expect(await counts()).toEqual(before);
      await install(platform);
      // The session goes on, and so does the password.
      const kept = await ask<{ id: string }>(200, `GET /api/orders/${order.id}`, { token });
      expect(kept.id).toBe(order.id);
      await signIn(username, PASSWORD);
      await ask(200, `POST /api/orders/${order.id}/cancel`, { token });
      await helm(['test', RELEASE, '-n', platform.namespace, '--timeout', '60s']);
    });

    it('goes back to a backup over what has happened since, when it is told to', async () => {
      await stopApps();
      const settings = [`RESTORE_BACKUP=${backup}`, 'RESTORE_REPLACE=true'];
      const { succeeded, log } = await runJob('restore-replace', 'restore', settings);
      if (!succeeded) throw new Error(log);
      expect(await counts()).toEqual(before);
      await install(platform);
      const again = await ask<{ status: string }>(200, `GET /api/orders/${order.id}`, { token });
      expect(again.status).toBe('confirmed');
    });
  });
