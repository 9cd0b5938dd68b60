import type { Role } from '@courtside/contracts';
import { Account, type Profile } from './account.entity.js';

interface Beginning extends Profile {
  readonly id: string;
  readonly username: string;
  readonly roles: readonly Role[];
  readonly now: Date;
  readonly signUp?: SignUp;
}

/** What makes an account pending: its password is not set yet. */
interface SignUp {
  /** When nobody waits for it any more. */
  readonly until: Date;
  readonly idempotency?: { readonly key: string; readonly fingerprint: string } | undefined;
}

/** An account as it begins: pending while it signs up, else active at once. */
export function newAccount({ id, username, roles, now, signUp, ...profile }: Beginning): Account {
  return Object.assign(new Account(), {
    id,
    username,
    displayName: profile.displayName ?? null,
    email: profile.email ?? null,
    roles: [...roles],
    permissions: [],
    status: signUp ? 'pending' : 'active',
    pendingUntil: signUp?.until ?? null,
    version: 1,
    signUpKey: signUp?.idempotency?.key ?? null,
    signUpFingerprint: signUp?.idempotency?.fingerprint ?? null,
    createdAt: now,
    updatedAt: now,
  } satisfies Partial<Account>);
}
