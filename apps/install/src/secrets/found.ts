import type { StoredSecret } from './secret-store.js';

/** The Secrets of a plan as they are now, by name; those that are missing are not in it. */
export type Found = ReadonlyMap<string, StoredSecret>;

/** What is to be written: values by key, by the name of the Secret. */
export type Wanted = Map<string, Record<string, string>>;

export const valueIn = (found: Found, secret: string | null, key: string): string | undefined =>
  secret === null ? undefined : found.get(secret)?.data[key];

/** Notes a value for a key. What stands there now goes, so that is for values of our own making. */
export function want(wanted: Wanted, secret: string, key: string, value: string): void {
  wanted.set(secret, { ...wanted.get(secret), [key]: value });
}
