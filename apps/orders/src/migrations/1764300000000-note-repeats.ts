import { outboxRepeats, sqlMigration } from '@courtside/database';

export const noteRepeats = sqlMigration(
  1764300000000,
  'note when events were last published',
  outboxRepeats,
);
