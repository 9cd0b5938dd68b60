import { channelPromises } from './channels.js';
import { closingPromises } from './closing.js';
import { crashPromises } from './crashes.js';
import { eventPromises } from './events.js';
import type { Harness } from './harness.js';
import { limitPromises } from './limits.js';
import { requestPromises } from './requests.js';
import { makeSuite } from './suite.js';
import type { TestFunctions } from './test-functions.js';

/**
 * Every guarantee of the transport as a test with its name, for any driver:
 * `conformance({ describe, it, expect }, () => myHarness())`.
 */
export function conformance(
  functions: TestFunctions,
  makeHarness: () => Harness | Promise<Harness>,
): void {
  const suite = makeSuite(functions, makeHarness);
  requestPromises(suite);
  limitPromises(suite);
  eventPromises(suite);
  crashPromises(suite);
  closingPromises(suite);
  channelPromises(suite);
}
