import type { Role } from '@courtside/contracts';
import { Account, type AccountStatus, type Profile } from './account.entity.js';

interface Beginning extends Profile {
  readonly id: string;
  readonly username: string;
  readonly roles: readonly Role[];
  readonly status: AccountStatus;
  readonly now: Date;
  readonly signUp?: { readonly key: string; readonly fingerprint: string } | undefined;
}

/** An account as it begins. */
export function newAccount({ id, username, roles, status, now, signUp, ...profile }: Beginning) {
  return Object.assign(new Account(), {
    id,
    username,
    displayName: profile.displayName ?? null,
    email: profile.email ?? null,
    roles: [...roles],
    permissions: [],
    status,
    version: 1,
    signUpKey: signUp?.key ?? null,
    signUpFingerprint: signUp?.fingerprint ?? null,
    createdAt: now,
    updatedAt: now,
  });
}
