import { topology, type ServiceName } from '@courtside/contracts';
import type { DataSource } from 'typeorm';

/** What a service's topology and definition ask of its schema. */
export interface Needs {
  readonly publishes: boolean;
  readonly subscribes: boolean;
  readonly singleUse: boolean;
}

export const needsOf = (service: ServiceName, singleUse = false): Needs => ({
  publishes: topology[service].publishes.length > 0,
  subscribes: topology[service].subscribes.length > 0,
  singleUse,
});

const tablesFor = (needs: Needs) => [
  { isNeeded: needs.publishes, table: 'outbox', constant: 'outboxTable', does: 'publishes events' },
  { isNeeded: needs.subscribes, table: 'inbox', constant: 'inboxTable', does: 'handles events' },
  {
    isNeeded: needs.singleUse,
    table: 'used_assertion',
    constant: 'singleUseTable',
    does: 'takes guarded writes',
  },
];

/** @throws Error naming each table that is missing and the migration it comes from. */
export async function demandTables(
  source: DataSource,
  service: ServiceName,
  needs: Needs,
): Promise<void> {
  const faults: string[] = [];
  for (const { isNeeded, table, constant, does } of tablesFor(needs)) {
    if (!isNeeded) continue;
    const [row] = await source.query<{ found: boolean }[]>(
      'SELECT to_regclass($1) IS NOT NULL AS found',
      [table],
    );
    if (!row?.found) {
      faults.push(`${service} ${does} but has no table ${table}: add ${constant} to a migration`);
    }
  }
  if (faults.length > 0) throw new Error(faults.join('\n'));
}
