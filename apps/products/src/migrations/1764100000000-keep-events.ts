import { inboxTable, outboxTable, sqlMigration } from '@courtside/database';

export const keepEvents = sqlMigration(
  1764100000000,
  'keep outgoing and handled events',
  `${inboxTable} ${outboxTable}`,
);
