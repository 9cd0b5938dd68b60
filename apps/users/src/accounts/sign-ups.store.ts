import { Problem, userEvents } from '@courtside/contracts';
import { Outbox } from '@courtside/database';
import { CLOCK, type Clock } from '@courtside/service';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { Account } from './account.entity.js';

/**
 * Accounts on their way to being active. Each step is one transaction with the event that tells of
 * it, so that a sign-up is either under way, done, or called off for everyone.
 */
@Injectable()
export class SignUpsStore {
  constructor(
    @Inject(DataSource) private readonly source: DataSource,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly outbox: Outbox,
  ) {}

  /**
   * Takes the name for a new account. An overdue sign-up of the same name is called off for it.
   * @returns the new account; or, when its idempotency key was used before, the one made with it.
   * @throws Problem `users.username-taken`.
   */
  async reserve(account: Account): Promise<Account> {
    // One statement for the first, two for those who come too late: a crowd holds no connection.
    if (await inserted(this.source.manager, account)) return account;
    const known = await joined(this.source.manager, account);
    if (known) return known;
    if (await this.isTaken(account)) throw taken(account);
    return this.source.transaction(async (manager) => {
      await this.calledOff(manager, `lower(username COLLATE "C") = $1 AND pending_until < $2`, [
        account.username.toLowerCase(),
        this.now(),
      ]);
      if (await inserted(manager, account)) return account;
      // A parallel sign-up with the same key may have been faster to take the place.
      const winner = await joined(manager, account);
      if (winner) return winner;
      throw taken(account);
    });
  }

  /** Whether somebody else has the name, or signs up for it just now. */
  private async isTaken({ username, signUpKey }: Account): Promise<boolean> {
    const holders: unknown[] = await this.source.query(
      `SELECT id FROM "user" WHERE lower(username COLLATE "C") = $1
         AND (pending_until IS NULL OR pending_until >= $2)
         AND ($3::text IS NULL OR sign_up_key IS DISTINCT FROM $3)`,
      [username.toLowerCase(), this.now(), signUpKey],
    );
    return holders.length > 0;
  }

  /**
   * Completes a sign-up, once; repeating it is harmless.
   * @returns false when it was called off, or its account deleted.
   */
  activate(id: string): Promise<boolean> {
    return this.source.transaction(async (manager) => {
      const { affected } = await manager.update(
        Account,
        { id, status: 'pending' },
        { status: 'active', pendingUntil: null },
      );
      const account = await manager.findOneBy(Account, { id, status: 'active' });
      if (account && affected === 1) await this.tellCreated(manager, account);
      return account !== null;
    });
  }

  /** Calls a sign-up off; false when there is nothing pending any more. */
  callOff(id: string): Promise<boolean> {
    return this.source.transaction(
      async (manager) => (await this.calledOff(manager, 'id = $1', [id])) === 1,
    );
  }

  /**
   * Calls off sign-ups that nobody waits for any more, the oldest first; what another process looks
   * at is left to it.
   * @returns how many, `countMax` at most.
   */
  callOffOverdue(countMax: number): Promise<number> {
    return this.source.transaction((manager) =>
      this.calledOff(
        manager,
        `id IN (SELECT id FROM "user" WHERE status = 'pending' AND pending_until < $1
           ORDER BY pending_until LIMIT $2 FOR UPDATE SKIP LOCKED)`,
        [this.now(), countMax],
      ),
    );
  }

  /** Fills an empty table with accounts that are active at once. */
  seed(accounts: readonly Account[]): Promise<void> {
    return this.source.transaction(async (manager) => {
      if (await manager.exists(Account)) return;
      for (const account of accounts) {
        if (await inserted(manager, account)) await this.tellCreated(manager, account);
      }
    });
  }

  /** Removes pending accounts, and tells of each that a password set for it must go. */
  private async calledOff(
    manager: EntityManager,
    which: string,
    values: unknown[],
  ): Promise<number> {
    const [removed] = await manager.query<[{ id: string }[], number]>(
      `DELETE FROM "user" WHERE status = 'pending' AND ${which} RETURNING id`,
      values,
    );
    for (const { id } of removed) {
      const about = { subject: id, data: { userId: id } };
      await this.outbox.add(manager, userEvents.signUpCalledOff, about);
    }
    return removed.length;
  }

  private tellCreated(manager: EntityManager, { id, roles }: Account): Promise<void> {
    const about = { subject: id, data: { userId: id, roles } };
    return this.outbox.add(manager, userEvents.created, about);
  }

  private now(): Date {
    return new Date(this.clock.now());
  }
}

const taken = ({ username }: Account) =>
  new Problem('users.username-taken', `the user name ${username} is taken`);

/** False when the id, the name or the sign-up key is in use. */
async function inserted(manager: EntityManager, account: Account): Promise<boolean> {
  const { raw } = await manager
    .createQueryBuilder()
    .insert()
    .into(Account)
    .values(account)
    .orIgnore()
    .returning('id')
    .execute();
  return (raw as unknown[]).length === 1;
}

/** The account made with the same key; while it is pending, it now waits for this attempt too. */
async function joined(manager: EntityManager, attempt: Account): Promise<Account | null> {
  const { signUpKey, signUpFingerprint, pendingUntil } = attempt;
  if (signUpKey === null) return null;
  await manager.query(
    `UPDATE "user" SET pending_until = greatest(pending_until, $3)
     WHERE sign_up_key = $1 AND sign_up_fingerprint = $2 AND status = 'pending'`,
    [signUpKey, signUpFingerprint, pendingUntil],
  );
  return manager.findOneBy(Account, { signUpKey });
}
