import type { ServiceDatabase } from '@courtside/database';
import { Credential, goneUsersRetention } from './credentials/credential.entity.js';
import { createTables } from './migrations/1764000000000-create-tables.js';
import { keepHandledEvents } from './migrations/1764100000000-keep-handled-events.js';
import { keepGoneUsers } from './migrations/1764150000001-keep-gone-users.js';
import { findExpiredSessions } from './migrations/1764400000000-find-expired-sessions.js';
import { Session, sessionRetention } from './sessions/session.entity.js';

/** What auth keeps: credentials, sessions and what it heard of users that are gone. */
export const database: ServiceDatabase = {
  schema: 'auth',
  entities: [Credential, Session],
  migrations: [createTables, keepHandledEvents, keepGoneUsers, findExpiredSessions],
  singleUse: true,
  retentions: [goneUsersRetention, sessionRetention],
};
