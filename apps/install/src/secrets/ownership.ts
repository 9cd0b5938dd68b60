import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { StoredSecret } from './secret-store.js';

/** Under which a Secret remembers what was derived here: a hash by key. */
const ANNOTATION = 'courtside.dev/derived';

const hashOf = (value: string): string => createHash('sha256').update(value).digest('hex');

/** Whether the value of a key was derived here and is as it was: what a person wrote is left alone. */
export function isOurs({ annotations, data }: StoredSecret, key: string): boolean {
  const value = data[key];
  return value !== undefined && hashesIn(annotations)[key] === hashOf(value);
}

/** The annotation of a Secret once these values are derived in it. */
export function derivedAnnotation(
  secret: StoredSecret | undefined,
  values: Readonly<Record<string, string>>,
): Record<string, string> {
  const hashes = Object.entries(values).map(([key, value]) => [key, hashOf(value)]);
  if (hashes.length === 0) return {};
  const all = { ...hashesIn(secret?.annotations ?? {}), ...Object.fromEntries(hashes) };
  return { [ANNOTATION]: JSON.stringify(all) };
}

function hashesIn(annotations: Readonly<Record<string, string>>): Record<string, string> {
  try {
    return z.record(z.string(), z.string()).parse(JSON.parse(annotations[ANNOTATION] ?? '{}'));
  } catch {
    return {};
  }
}
