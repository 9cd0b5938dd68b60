/**
 * The conformance suite, `@courtside/transport/conformance`: for whoever writes a driver.
 * @module conformance
 */
import { broadcastPromises } from './broadcasts.js';
import { channelPromises } from './channels.js';
import { closingPromises } from './closing.js';
import { crashPromises } from './crashes.js';
import { epochPromises } from './epochs.js';
import { eventPromises } from './events.js';
import { handlerPromises } from './handlers.js';
import type { Harness } from './harness.js';
import { keyPromises } from './keys.js';
import { limitPromises } from './limits.js';
import { largePromises } from './large.js';
import { orderingPromises } from './ordering.js';
import { outagePromises, type OutageOptions } from './outages.js';
import { priorityPromises } from './priorities.js';
import { progressPromises } from './progress.js';
import { requestPromises } from './requests.js';
import { schemaPromises } from './schemas.js';
import { scheduledPromises } from './scheduled.js';
import { makeSuite } from './suite.js';
import type { TestFunctions } from './test-functions.js';

export type { DeadLetterView, Harness, HarnessBroker } from './harness.js';
export type { OutageOptions } from './outages.js';
export type { Expectation, TestFunctions } from './test-functions.js';

/** What is put to the test. */
export interface ConformanceOptions extends OutageOptions {
  /** Leaves out what has another title: "when the broker lost all its data, …". */
  readonly only?: RegExp;
}

/**
 * Every guarantee of the transport as a test with its name, for any driver:
 * `conformance({ describe, it, expect }, () => myHarness())`.
 */
export function conformance(
  functions: TestFunctions,
  makeHarness: () => Harness | Promise<Harness>,
  options: ConformanceOptions = {},
): void {
  const suite = makeSuite(functions, makeHarness, options.only);
  requestPromises(suite);
  limitPromises(suite);
  eventPromises(suite);
  handlerPromises(suite);
  orderingPromises(suite, options);
  largePromises(suite);
  schemaPromises(suite);
  scheduledPromises(suite);
  crashPromises(suite);
  broadcastPromises(suite);
  keyPromises(suite);
  priorityPromises(suite);
  outagePromises(suite, options);
  closingPromises(suite);
  channelPromises(suite);
  epochPromises(suite);
  progressPromises(suite);
}
