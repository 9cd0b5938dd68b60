import { createHash } from 'node:crypto';
import { auth, Problem, type CreateUser, type User } from '@courtside/contracts';
import { idempotencyKey } from '@courtside/database';
import {
  Bus,
  CLOCK,
  currentRequest,
  inRequest,
  LOGGER,
  newId,
  type Clock,
  type Logger,
} from '@courtside/service';
import { Inject, Injectable } from '@nestjs/common';
import type { Account } from './account.entity.js';
import { AccountsStore } from './accounts.store.js';
import { newAccount } from './new-account.js';
import { ProtectedUsers } from './protected-users.js';
import { userOf } from './user-of.js';

/** An unfinished account blocks its name no longer than this: no request lives as long. */
const UNFINISHED_MS_MAX = 60_000;
/** How long the password of a sign-up that failed may take to be removed. */
const FORGET_MS_MAX = 1_000;

/**
 * Makes an account in two steps, with its name taken first and its password set last, and no
 * transaction open in between. Each attempt has an id of its own, so whatever a broken-off attempt
 * left at auth belongs to nobody; only attempts with the same idempotency key share one.
 */
@Injectable()
export class SignUpService {
  constructor(
    private readonly store: AccountsStore,
    private readonly protectedUsers: ProtectedUsers,
    private readonly bus: Bus,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  async signUp(input: CreateUser): Promise<User> {
    const now = this.clock.now();
    const wanted = this.accountFor(input, now);
    const staleBefore = new Date(now - UNFINISHED_MS_MAX);
    const { account, gaveWay } = await this.store.reserve(wanted, staleBefore);
    if (account.signUpFingerprint !== wanted.signUpFingerprint) {
      throw new Problem('idempotency.key-reused', 'this key belongs to another sign-up');
    }
    if (gaveWay) await this.forget(gaveWay);
    if (account.status === 'pending') await this.complete(account, input.password);
    // As it was at sign-up, whatever has become of it: a repeated request gets the same answer.
    const { id, createdAt } = account;
    const asBegun = Object.assign(wanted, { id, createdAt, updatedAt: createdAt });
    return userOf(asBegun, this.protectedUsers.includes(asBegun));
  }

  private accountFor({ username, displayName, email }: CreateUser, now: number): Account {
    const key = idempotencyKey();
    const identity = currentRequest()?.identity;
    const owner = identity?.kind === 'user' ? identity.userId : '';
    const asked = JSON.stringify([username, displayName ?? null, email ?? null]);
    const fingerprint = createHash('sha256').update(asked).digest('hex');
    return newAccount({
      id: newId(),
      username,
      displayName,
      email,
      roles: ['user'],
      status: 'pending',
      now: new Date(now),
      signUp: key === undefined ? undefined : { key: `${owner} ${key}`, fingerprint },
    });
  }

  private async complete({ id, username }: Account, password: string): Promise<void> {
    try {
      await this.bus.request(auth.setCredential, { userId: id, username, password });
    } catch (error) {
      throw await this.calledOff(id, error);
    }
    if (await this.store.activate(id)) return;
    await this.forget(id);
    throw new Problem('service.unavailable', 'this sign-up took too long and was called off', {
      retryAfter: 1,
    });
  }

  /** Frees the name at once; the problem for whoever signs up. */
  private async calledOff(id: string, error: unknown): Promise<unknown> {
    const code = error instanceof Problem ? error.code : undefined;
    // The attempt with the same key and the right password goes on.
    if (code === 'auth.credential-exists') {
      return new Problem('idempotency.key-reused', 'this key belongs to another sign-up');
    }
    const isRefusal = code?.startsWith('auth.') ?? false;
    const isRemoved = await this.store.removePending(id);
    if (isRemoved && !isRefusal) await this.forget(id);
    return error;
  }

  /** As well as can be: a password without an account lets nobody in. */
  private async forget(userId: string): Promise<void> {
    const request = currentRequest();
    const ask = () => this.bus.request(auth.deleteCredential, { userId });
    try {
      // The request itself may be late already; this need not hurry with it.
      const deadline = this.clock.now() + FORGET_MS_MAX;
      await (request ? inRequest({ ...request, deadline }, ask) : ask());
    } catch (error) {
      this.logger.warn({ err: error, user: userId }, 'the password of nobody could not be removed');
    }
  }
}
