import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { Harness } from './harness.js';
import { play, secrets, type Outcome, type Scenario } from './scenario.js';

interface Pod {
  readonly spec: { readonly containers: readonly { readonly name: string }[] };
}

const containersOf = (file: string): string[] =>
  (parse(readFileSync(file, 'utf8'), { merge: true }) as Pod).spec.containers.map(
    ({ name }) => name,
  );

/** What holds whatever a scenario is about: nothing secret is seen, and containers are in their pods. */
function expectDecency({ leaks, calls, steps }: Outcome): void {
  expect(leaks).toEqual([]);
  const told = calls.filter((call) => !call.startsWith('standard input: ')).join('\n');
  for (const secret of Object.values(secrets).flatMap((kept) => Object.values(kept))) {
    if (/hunter/.test(secret)) expect(told).not.toContain(secret);
  }
  for (const { name, text, agent } of steps) {
    if (name === 'container') expect(containersOf(agent)).toContain(text);
    if (name === 'sh') expect(agent).toMatch(/^Jenkins\/.*pod\.yaml$/);
  }
}

/** A scenario calls some dozens of programs; how long that takes is the machine's business. */
jest.setTimeout(120_000);

/** Plays scenarios on a harness that lives as long as the file of specs. */
export function aPlayer(): (scenario: Scenario) => Promise<Outcome> {
  let harness: Harness;
  beforeAll(() => {
    harness = new Harness();
  });
  afterAll(() => harness.close());
  return async (scenario) => {
    const outcome = await play(harness, scenario);
    expectDecency(outcome);
    return outcome;
  };
}
