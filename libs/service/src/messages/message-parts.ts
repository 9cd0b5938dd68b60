import type { Provider } from '@nestjs/common';
import { APP_FILTER, APP_PIPE } from '@nestjs/core';
import { HandledMessages } from '../operations/handled-messages.js';
import { BroadcastListeners } from './broadcast-listeners.js';
import { DeclaredEdges } from './declared-edges.js';
import { MarkedMethods } from './marked-methods.js';
import { ProblemFilter } from './problem.filter.js';
import { inputValidation } from './validation.js';

/** What stands around the handlers of every app. */
export const messageParts: Provider[] = [
  { provide: APP_PIPE, useFactory: inputValidation },
  MarkedMethods,
  HandledMessages,
  DeclaredEdges,
  BroadcastListeners,
];

/** What an app on the bus throws leaves as a problem; the gateway answers its own by HTTP. */
export const problemFilter: Provider = { provide: APP_FILTER, useClass: ProblemFilter };
