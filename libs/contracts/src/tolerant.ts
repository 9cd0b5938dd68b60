import type { z } from 'zod';

type Definition = z.core.$ZodTypeDef & Readonly<Record<string, unknown>>;

/**
 * The same schema for a reader: a field it does not know is left out instead of refused, at any
 * depth. Whoever tells something may then add to it while older readers are still running.
 */
export function tolerant<T>(schema: z.ZodType<T>): z.ZodType<T> {
  const parts = Object.entries(schema.def as unknown as Definition)
    // A strict object has no place for other keys; one without a word on them leaves them out.
    .filter(([key, value]) => key !== 'catchall' || !isSchema(value) || value.def.type !== 'never')
    .map(([key, value]) => [key, tolerantPart(value)]);
  return schema.clone(Object.fromEntries(parts) as never);
}

/** The schemas inside a definition: alone, in a list or by the names of fields. */
function tolerantPart(value: unknown): unknown {
  if (isSchema(value)) return tolerant(value);
  if (Array.isArray(value)) return value.map(tolerantPart);
  if (typeof value !== 'object' || value === null || !isPlain(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, tolerantPart(part)]));
}

const isSchema = (value: unknown): value is z.ZodType =>
  typeof value === 'object' && value !== null && '_zod' in value && 'def' in value;

const isPlain = (value: object): boolean => Object.getPrototypeOf(value) === Object.prototype;
