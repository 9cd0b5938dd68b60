import {
  publicJwk,
  serviceKey,
  signingKeys,
  type PrivateJwk,
  type PublicJwk,
} from '@courtside/identity';
import { z } from 'zod';

/** Any set of keys, so far as it has to be known here: what else is in one stays. */
const KeySet = z.object({ keys: z.array(z.looseObject({ kid: z.string() })) });

/** The public half of the key of a service; undefined when it is not one. */
export function publicKeyOf(service: string, json: string): PublicJwk | undefined {
  try {
    serviceKey(service)(json);
    return publicJwk(JSON.parse(json) as PrivateJwk);
  } catch {
    return undefined;
  }
}

/** The public halves of the keys of tokens; undefined when it is not a set of them. */
export function publicKeysOf(json: string): PublicJwk[] | undefined {
  try {
    signingKeys(json);
    return (JSON.parse(json) as { keys: PrivateJwk[] }).keys.map(publicJwk);
  } catch {
    return undefined;
  }
}

/**
 * A public set with these keys in it: those of other names stay where they are, as rotating keys
 * needs them.
 * @returns undefined when `json` is not a set of keys.
 */
export function completed(
  json: string | undefined,
  keys: readonly PublicJwk[],
): string | undefined {
  const known = keysIn(json);
  if (!known) return undefined;
  const byName = new Map(keys.map((key) => [key.kid, key]));
  const kept = known.map((key) => {
    const ours = byName.get(key.kid);
    byName.delete(key.kid);
    return ours && (key['x'] !== ours.x || key['y'] !== ours.y) ? ours : key;
  });
  const isWhole = byName.size === 0 && kept.every((key, index) => key === known[index]);
  return json !== undefined && isWhole
    ? json
    : JSON.stringify({ keys: [...kept, ...byName.values()] });
}

function keysIn(json: string | undefined): z.output<typeof KeySet>['keys'] | undefined {
  if (json === undefined) return [];
  try {
    return KeySet.parse(JSON.parse(json)).keys;
  } catch {
    return undefined;
  }
}
