import { inboxRetention } from './inbox/inbox-table.js';
import { outboxRetention } from './outbox/outbox-table.js';
import type { Needs } from './required-tables.js';
import type { Retention } from './retention.js';
import { singleUseRetention } from './single-use/single-use-table.js';

/** How long the tables that this library keeps for a service hold their rows. */
export const ownRetentions = (needs: Needs): Retention[] => [
  ...(needs.publishes ? [outboxRetention] : []),
  ...(needs.subscribes ? [inboxRetention] : []),
  ...(needs.singleUse ? [singleUseRetention] : []),
];
