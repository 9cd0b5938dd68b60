import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Environment } from '@courtside/service';
import { install } from '../src/install.js';

type Change = (plan: APlan) => void;

/** What the chart writes for the whole platform with its own stores. */
export function aPlan(change: Change = () => undefined) {
  const service = (name: string, database: boolean) => ({
    secret: `courtside-${name}`,
    managed: true,
    database,
  });
  const plan = {
    namespace: 'shop',
    labels: { 'app.kubernetes.io/part-of': 'courtside' },
    services: {
      gateway: service('gateway', false),
      auth: service('auth', true),
      users: service('users', true),
    } as Record<string, ReturnType<typeof service>>,
    bus: {
      url: 'redis://courtside-redis:6379',
      secret: 'courtside-redis' as string | null,
      managed: true,
    },
    database: {
      url: 'postgres://courtside-postgres:5432/courtside',
      secret: 'courtside-postgres' as string | null,
    },
    firstAdmin: { secret: 'courtside-first-admin' } as { secret: string } | null,
  };
  change(plan);
  return plan;
}
export type APlan = ReturnType<typeof aPlan>;

/** The plan as a file, as a ConfigMap is mounted. */
export function fileOf(plan: unknown): string {
  const file = join(mkdtempSync(join(tmpdir(), 'plan-')), 'plan.json');
  writeFileSync(file, typeof plan === 'string' ? plan : JSON.stringify(plan));
  return file;
}

/** Runs the program in this process. */
export async function run(args: string[], environment: Environment = {}) {
  const [said, complaints]: [string[], string[]] = [[], []];
  const code = await install(args, environment, {
    say: (line) => void said.push(line),
    complain: (line) => void complaints.push(line),
  });
  return { code, said: said.join('\n'), complaints: complaints.join('\n') };
}
