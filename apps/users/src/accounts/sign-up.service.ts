import { createHash } from 'node:crypto';
import { auth, Problem, type CreateUser, type User } from '@courtside/contracts';
import { idempotencyKey } from '@courtside/database';
import {
  Bus,
  CLOCK,
  currentRequest,
  LOGGER,
  newId,
  type Clock,
  type Logger,
} from '@courtside/service';
import { Inject, Injectable } from '@nestjs/common';
import type { Account } from './account.entity.js';
import { newAccount } from './new-account.js';
import { ProtectedUsers } from './protected-users.js';
import { signUpsCalledOff } from './sign-up-metrics.js';
import { SignUpsStore } from './sign-ups.store.js';
import { userOf } from './user-of.js';

/** A sign-up blocks its name no longer than this: no request lives as long. */
const PENDING_MS_MAX = 60_000;

/**
 * Makes an account in two steps, with its name taken first and its password set last, and no
 * transaction open in between. Each attempt has an id of its own, so whatever a broken-off attempt
 * left at auth belongs to nobody; only attempts with the same idempotency key share one.
 *
 * One transaction decides: an account that was activated has a password, one that was called off
 * has an event on its way that removes what was set and refuses what still comes.
 */
@Injectable()
export class SignUpService {
  constructor(
    private readonly store: SignUpsStore,
    private readonly protectedUsers: ProtectedUsers,
    private readonly bus: Bus,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  async signUp(input: CreateUser): Promise<User> {
    const wanted = this.accountFor(input);
    const account = await this.carryOut(wanted, input.password);
    // As it was at sign-up, whatever has become of it: a repeated request gets the same answer.
    const { id, createdAt } = account;
    const asBegun = Object.assign(wanted, { id, createdAt, updatedAt: createdAt });
    return userOf(asBegun, this.protectedUsers.includes(asBegun));
  }

  /**
   * Takes the name, has the password set and makes the account active.
   * @returns the account; the one that an earlier attempt with the same key made, where there is one.
   */
  async carryOut(wanted: Account, password: string): Promise<Account> {
    const account = await this.store.reserve(wanted);
    if (account.signUpFingerprint !== wanted.signUpFingerprint) throw keyReused();
    if (account.status === 'pending') await this.complete(account, password);
    return account;
  }

  private accountFor({ username, displayName, email }: CreateUser): Account {
    const now = this.clock.now();
    const key = idempotencyKey();
    const request = currentRequest();
    const owner = request?.identity?.kind === 'user' ? request.identity.userId : '';
    const fingerprint = fingerprintOf(username, displayName, email);
    const latest = now + PENDING_MS_MAX;
    return newAccount({
      id: newId(),
      username,
      displayName,
      email,
      roles: ['user'],
      now: new Date(now),
      signUp: {
        until: new Date(Math.min(request?.deadline ?? latest, latest)),
        idempotency: key === undefined ? undefined : { key: `${owner} ${key}`, fingerprint },
      },
    });
  }

  private async complete({ id, username }: Account, password: string): Promise<void> {
    try {
      await this.bus.request(auth.setCredential, { userId: id, username, password });
    } catch (error) {
      throw await this.failed(id, error);
    }
    if (!(await this.store.activate(id))) throw wasCalledOff();
  }

  /** Calls the attempt off, so that its name is free at once; the problem for whoever signs up. */
  private async failed(id: string, error: unknown): Promise<unknown> {
    const code = error instanceof Problem ? error.code : undefined;
    // The attempt with the same key and the right password goes on.
    if (code === 'auth.credential-exists') return keyReused();
    if (code === 'auth.account-gone') return wasCalledOff();
    try {
      if (await this.store.callOff(id)) signUpsCalledOff().inc({ by: 'request' });
    } catch (cause) {
      this.logger.warn({ err: cause, user: id }, 'a sign-up is left for the sweep to call off');
    }
    return error;
  }
}

/** Of what a sign-up asks for, without the password. */
export const fingerprintOf = (
  username: string,
  displayName?: string | null,
  email?: string | null,
): string => {
  const asked = JSON.stringify([username, displayName ?? null, email ?? null]);
  return createHash('sha256').update(asked).digest('hex');
};

const keyReused = () =>
  new Problem('idempotency.key-reused', 'this key belongs to another sign-up');

const wasCalledOff = () =>
  new Problem('service.unavailable', 'this sign-up took too long and was called off', {
    retryAfter: 1,
  });
