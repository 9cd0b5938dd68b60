import { readFileSync } from 'node:fs';
import { Misused } from '../command.js';
import { Plan } from './plan.js';

/** @throws Misused naming every fault of the plan. */
export function readPlan(file: string): Plan {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new Misused(`the plan cannot be read: ${(error as Error).message}`);
  }
  const { data, error } = Plan.safeParse(json);
  if (data) return data;
  const faults = error.issues.map(
    ({ path, message }) => `  ${path.join('.') || 'plan'}: ${message}`,
  );
  throw new Misused(`the plan ${file} is wrong:\n${faults.join('\n')}`);
}
