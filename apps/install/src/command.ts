import { parseArgs } from 'node:util';
import {
  ConfigError,
  loadConfig,
  type ConfigSchema,
  type Environment,
  type Missing,
  type Output,
} from '@courtside/service';
import type { z } from 'zod';

/** The command was given wrong input: arguments or a plan. The message is all there is to say. */
export class Misused extends Error {
  override readonly name = 'Misused';
}

/** The command could not do its work, in a sentence that a person can act on; never with a secret. */
export class Failed extends Error {
  override readonly name = 'Failed';
}

export interface Surroundings {
  readonly environment: Environment;
  readonly output: Output;
}

/** One subcommand. */
export interface Command {
  readonly does: string;
  readonly help: string;
  run(args: readonly string[], surroundings: Surroundings): Promise<void>;
}

interface Option {
  /** Used when it is not given, empty for nothing; without one it must be. */
  readonly fallback?: string;
}

/**
 * The options of a command, each with a value.
 * @throws Misused when one is unknown, missing or empty.
 */
export function optionsOf<K extends string>(
  args: readonly string[],
  known: Readonly<Record<K, Option>>,
): Record<K, string> {
  const names = Object.keys(known) as K[];
  const options = Object.fromEntries(names.map((name) => [name, { type: 'string' as const }]));
  let values: Record<string, unknown>;
  try {
    ({ values } = parseArgs({ args: [...args], options, strict: true }));
  } catch (error) {
    throw new Misused((error as Error).message);
  }
  const given = names.map((name) => {
    const value = values[name] === '' ? undefined : (values[name] ?? known[name].fallback);
    if (typeof value !== 'string') throw new Misused(`--${name} is missing`);
    return [name, value];
  });
  return Object.fromEntries(given) as Record<K, string>;
}

/** Says what is waited for, as a line. */
export const telling =
  ({ say }: Output) =>
  ({ what, because }: Missing): void =>
    say(`waiting for ${what}: ${because}`);

/** A number of seconds on the command line, as milliseconds. @throws Misused */
export function secondsIn(option: string, text: string): number {
  if (!/^\d{1,5}$/.test(text)) throw new Misused(`--${option} is a number of seconds, not ${text}`);
  return Number(text) * 1_000;
}

/** A number from 1 on, on the command line. @throws Misused */
export function wholeIn(option: string, text: string): number {
  if (!/^[1-9]\d{0,4}$/.test(text))
    throw new Misused(`--${option} is a number from 1, not ${text}`);
  return Number(text);
}

/** Settings that come from the environment. @throws Misused naming every one that is wrong. */
export function settingsIn<S extends ConfigSchema>(
  environment: Environment,
  schema: S,
): Readonly<z.output<S>> {
  try {
    return loadConfig('install', schema, environment);
  } catch (error) {
    if (error instanceof ConfigError) throw new Misused(error.message);
    throw error;
  }
}
