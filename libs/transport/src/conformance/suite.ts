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
  { describe, it, expect }: TestFunctions,
  makeHarness: () => Harness | Promise<Harness>,
  only?: RegExp,
): Suite {
  let of = '';
  const runOnWorkbench = async (run: (lab: Lab) => Promise<void>) => {
    const lab = new Lab(await makeHarness());
    try {
      await run(lab);
    } finally {
      await lab.close();
    }
  };
  return {
    it,
    expect,
    describe: (title, define) => {
      of = title;
      describe(title, define);
    },
    promise: (title, run) => {
      if (only && !only.test(`${of} ${title}`)) return;
      it(title, () => runOnWorkbench(run), testMsMax);
    },
  };
}
