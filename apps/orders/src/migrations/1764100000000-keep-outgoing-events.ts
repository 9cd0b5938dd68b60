import { outboxTable, singleUseTable, sqlMigration } from '@courtside/database';

export const keepOutgoingEvents = sqlMigration(
  1764100000000,
  'keep outgoing events and used assertions',
  `${outboxTable} ${singleUseTable}`,
);
