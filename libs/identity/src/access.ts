import { Problem, type Access } from '@courtside/contracts';
import type { Verdict } from './identity-verifier.js';

/**
 * Whether a message's contract lets this one ask; the problem when it does not. The gateway and the
 * service decide by this same function.
 */
export function accessProblem(
  access: Access,
  { identity, caller }: Verdict,
  input: unknown,
): Problem | undefined {
  switch (access.by) {
    case 'anyone':
      return undefined;
    case 'service':
      return access.callers.includes(caller)
        ? undefined
        : new Problem('access.denied', `${caller} may not ask this`);
    case 'signed-in':
      return identity.kind === 'user' ? undefined : new Problem('auth.token-missing');
    case 'permission': {
      if (identity.kind !== 'user') return new Problem('auth.token-missing');
      if (identity.permissions.includes(access.permission)) return undefined;
      if (access.orSelf && ownIdIn(input, access.orSelf) === identity.userId) return undefined;
      return new Problem('access.denied', `this needs the permission ${access.permission}`);
    }
  }
}

function ownIdIn(input: unknown, field: string): unknown {
  if (typeof input !== 'object' || input === null || !Object.hasOwn(input, field)) return undefined;
  return (input as Record<string, unknown>)[field];
}
