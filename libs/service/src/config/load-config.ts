import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { StartError } from '../start/start-error.js';

export type Environment = Readonly<Record<string, string | undefined>>;
export type ConfigSchema = z.ZodObject;

/** A setting whose value must never be printed. It may be given as KEY or as KEY_FILE. */
export const secret = <T extends z.ZodType>(schema: T, description: string) =>
  schema.meta({ description, secret: true });

export const isSecret = (schema: z.ZodType): boolean => schema.meta()?.['secret'] === true;

/** The environment does not fit the schema. `message` lists every fault, one line each. */
export class ConfigError extends StartError {
  override readonly name = 'ConfigError';
}

/** Which settings of a configuration were read from which file. */
const settingFiles = new WeakMap<object, Readonly<Record<string, string>>>();

/** The file a setting was read from; undefined when the environment held the value itself. */
export const settingFile = (config: object, setting: string): string | undefined =>
  settingFiles.get(config)?.[setting];

/**
 * Reads the settings of one app from its environment: typed, with defaults, frozen.
 * @throws ConfigError naming every faulty key at once, with secrets masked.
 */
export function loadConfig<S extends ConfigSchema>(
  app: string,
  schema: S,
  environment: Environment,
): Readonly<z.output<S>> {
  const faults: string[] = [];
  const files = filesOf(schema, environment);
  const values = valuesOf(schema, environment, files, faults);
  const result = schema.safeParse(values);
  for (const issue of result.error?.issues ?? []) {
    const key = String(issue.path[0] ?? '');
    faults.push(`${key}: ${issue.message} (${given(schema, key, values[key])})`);
  }
  if (!result.success || faults.length > 0) {
    throw new ConfigError(`${app} cannot start, its settings are wrong:\n  ${faults.join('\n  ')}`);
  }
  settingFiles.set(result.data, files);
  return Object.freeze(result.data);
}

/** What the app runs with, for the log: secrets masked. */
export function redactedConfig(schema: ConfigSchema, config: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(config).map(([key, value]) => {
      const field = schema.shape[key] as z.ZodType | undefined;
      return [
        key,
        field && isSecret(field) && value !== undefined ? '***' : withoutPassword(value),
      ];
    }),
  );
}

/** Secrets that are given as a file, and not as a value too. */
function filesOf(schema: ConfigSchema, environment: Environment): Record<string, string> {
  const given = Object.entries(schema.shape).flatMap(([key, field]) => {
    const path = environment[`${key}_FILE`];
    return path && !environment[key] && isSecret(field as z.ZodType) ? [[key, path]] : [];
  });
  return Object.fromEntries(given) as Record<string, string>;
}

function valuesOf(
  schema: ConfigSchema,
  environment: Environment,
  files: Readonly<Record<string, string>>,
  faults: string[],
) {
  const values: Record<string, string | undefined> = {};
  for (const key of Object.keys(schema.shape)) {
    const path = files[key];
    values[key] = path ? readSecret(key, path, faults) : environment[key] || undefined;
  }
  return values;
}

function readSecret(key: string, path: string, faults: string[]): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (error) {
    faults.push(`${key}_FILE: cannot read ${path}: ${(error as Error).message}`);
    return undefined;
  }
}

function given(schema: ConfigSchema, key: string, value: string | undefined): string {
  if (value === undefined) return 'not set';
  const field = schema.shape[key] as z.ZodType | undefined;
  return field && isSecret(field) ? 'given, not shown' : `given ${JSON.stringify(value)}`;
}

/** Database and Redis URLs are useful in a log, their passwords are not. */
function withoutPassword(value: unknown): unknown {
  return typeof value === 'string' ? value.replace(/(:\/\/[^:/@]*:)[^@/]*@/, '$1***@') : value;
}
