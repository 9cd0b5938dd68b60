import { inboxTable, singleUseTable, sqlMigration } from '@courtside/database';

export const keepHandledEvents = sqlMigration(
  1764100000000,
  'keep handled events and used assertions',
  `${inboxTable} ${singleUseTable}`,
);
