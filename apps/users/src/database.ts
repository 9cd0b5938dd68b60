import { idempotencyRetention, type ServiceDatabase } from '@courtside/database';
import { Account } from './accounts/account.entity.js';
import { createUser } from './migrations/1764000000000-create-user.js';
import { keepOutgoingEvents } from './migrations/1764100000000-keep-outgoing-events.js';
import { finishSignUps } from './migrations/1764150000000-finish-sign-ups.js';
import { noteRepeats } from './migrations/1764300000000-note-repeats.js';

/** What users keeps: accounts and their sign-ups. */
export const database: ServiceDatabase = {
  schema: 'users',
  entities: [Account],
  migrations: [createUser, keepOutgoingEvents, finishSignUps, noteRepeats],
  singleUse: true,
  retentions: [idempotencyRetention],
};
