import { Lab } from './lab.js';
import type { Harness } from './harness.js';
import type { TestFunctions } from './test-functions.js';

const testMsMax = 30_000;

/** What a file of the suite gets to define its tests with. */
export interface Suite extends TestFunctions {
  /** A test on a workbench of its own. */
  promise(title: string, run: (lab: Lab) => Promise<void>): void;
}

export function makeSuite(
  functions: TestFunctions,
  makeHarness: () => Harness | Promise<Harness>,
): Suite {
  return {
    ...functions,
    promise: (title, run) =>
      functions.it(
        title,
        async () => {
          const lab = new Lab(await makeHarness());
          try {
            await run(lab);
          } finally {
            await lab.close();
          }
        },
        testMsMax,
      ),
  };
}
