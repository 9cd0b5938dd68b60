import type { Provider } from '@nestjs/common';
import { Confirmations } from './confirmations.js';
import { Inbox } from './inbox.js';

export { Inbox };

/** What a service that subscribes to events has. */
export const inboxProviders: Provider[] = [Inbox, Confirmations];
