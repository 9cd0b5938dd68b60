import { Id, Instant, Problem, type ListUsers } from '@courtside/contracts';
import { pageFrom, positionIn } from '@courtside/database';
import { CLOCK, type Clock } from '@courtside/service';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource, In, Not, type EntityManager, type FindOptionsWhere } from 'typeorm';
import { z } from 'zod';
import { Account } from './account.entity.js';

/** Who an active account is to a change that may leave no administrator. */
type ChangeAmongAdmins = (account: Account, isLastAdmin: boolean) => void;

/** User names are compared like this; the unique index says the same. */
const NAME = 'lower(account.username COLLATE "C")';

/** Where a page ended: the values that its order goes by. */
const AtName = z.tuple([z.string()]);
const AtCreation = z.tuple([Instant, Id]);

export interface Reservation {
  /** The new account; or, when its idempotency key was used before, the account made with it. */
  readonly account: Account;
  /** The id of an unfinished account of the same name that had to go. */
  readonly gaveWay?: string | undefined;
}

/** Accounts in the database. What changes one is a transaction here; bus calls stay outside. */
@Injectable()
export class AccountsStore {
  constructor(
    @Inject(DataSource) private readonly source: DataSource,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  findActive(id: string): Promise<Account | null> {
    return this.source.manager.findOneBy(Account, { id, status: 'active' });
  }

  /** Pending or active: whoever has this id as far as signing in goes. */
  findPresent(id: string): Promise<Account | null> {
    return this.source.manager.findOneBy(Account, { id, status: Not('deleting') });
  }

  findPresentByName(username: string): Promise<Account | null> {
    return this.source.manager
      .createQueryBuilder(Account, 'account')
      .where(`${NAME} = :name AND account.status <> 'deleting'`, { name: username.toLowerCase() })
      .getOne();
  }

  /** A page of the active accounts. @throws Problem `request.invalid` for a foreign cursor. */
  async page({ limit, cursor, search, sort }: ListUsers) {
    const query = this.source.manager
      .createQueryBuilder(Account, 'account')
      .where(`account.status = 'active'`)
      .limit(limit + 1);
    if (search !== undefined) {
      query.andWhere(`strpos(${NAME}, :search) > 0`, { search: search.toLowerCase() });
    }
    const [direction, beyond] = sort.startsWith('-')
      ? (['DESC', '<'] as const)
      : (['ASC', '>'] as const);
    if (sort.endsWith('username')) {
      const at = positionIn(cursor, AtName);
      if (at) query.andWhere(`${NAME} ${beyond} :name`, { name: at[0] });
      query.addSelect(NAME, 'folded_name').orderBy('folded_name', direction);
      return pageFrom(await query.getMany(), limit, itself, (last) => [
        last.username.toLowerCase(),
      ]);
    }
    const at = positionIn(cursor, AtCreation);
    if (at) {
      query.andWhere(`(account.createdAt, account.id) ${beyond} (:time, :id)`, {
        time: at[0],
        id: at[1],
      });
    }
    query.orderBy('account.createdAt', direction).addOrderBy('account.id', direction);
    return pageFrom(await query.getMany(), limit, itself, (last) => [
      last.createdAt.toISOString(),
      last.id,
    ]);
  }

  /**
   * Takes the name for a new account. An unfinished one that has not been touched since
   * `staleBefore` gives way.
   * @throws Problem `users.username-taken`.
   */
  reserve(account: Account, staleBefore: Date): Promise<Reservation> {
    return this.source.transaction(async (manager) => {
      if (await inserted(manager, account)) return { account };
      const known = await bySignUpKey(manager, account.signUpKey);
      if (known) return { account: known };
      const gaveWay = await removeStale(manager, account.username, staleBefore);
      if (gaveWay && (await inserted(manager, account))) return { account, gaveWay };
      // A parallel sign-up with the same key may have been faster to take the place.
      const winner = await bySignUpKey(manager, account.signUpKey);
      if (winner) return { account: winner };
      throw new Problem('users.username-taken', `the user name ${account.username} is taken`);
    });
  }

  /** Finishes a sign-up; false when its account has given way or was called off. */
  async activate(id: string): Promise<boolean> {
    const { affected } = await this.source.manager.update(
      Account,
      { id, status: In(['pending', 'active']) },
      { status: 'active' },
    );
    return affected === 1;
  }

  /** Calls a sign-up off; false when there is nothing pending any more. */
  async removePending(id: string): Promise<boolean> {
    const { affected } = await this.source.manager.delete(Account, { id, status: 'pending' });
    return affected === 1;
  }

  /** @throws Problem `users.unknown`, and what `change` throws. */
  update(id: string, change: (account: Account) => void): Promise<Account> {
    return this.source.transaction(async (manager) =>
      this.changed(manager, await lockedActive(manager, id), change),
    );
  }

  /**
   * Like `update`, while no other change that may leave no administrator is under way.
   * @throws Problem `users.unknown`, and what `change` throws.
   */
  updateAmongAdmins(id: string, change: ChangeAmongAdmins): Promise<Account> {
    return this.source.transaction(async (manager) => {
      await lockAdmins(manager);
      const account = await lockedActive(manager, id);
      const isLast = await isLastAdmin(manager, account);
      return this.changed(manager, account, (each) => change(each, isLast));
    });
  }

  /**
   * Starts to delete an active account; one whose deletion had started before stays as it is.
   * @throws Problem `users.unknown`, and what `change` throws.
   */
  startDeletion(id: string, change: ChangeAmongAdmins): Promise<Account> {
    return this.source.transaction(async (manager) => {
      await lockAdmins(manager);
      const account = await locked(manager, { id, status: In(['active', 'deleting']) });
      if (account.status === 'deleting') return account;
      const isLast = await isLastAdmin(manager, account);
      return this.changed(manager, account, (each) => change(each, isLast));
    });
  }

  /** Removes what `startDeletion` marked. */
  async finishDeletion(id: string): Promise<void> {
    await this.source.manager.delete(Account, { id, status: 'deleting' });
  }

  /** Adds an account unless one with its id or name is there. */
  async seed(account: Account): Promise<void> {
    await inserted(this.source.manager, account);
  }

  /** A change that changes nothing makes no new version, so that repeating one is harmless. */
  private async changed(
    manager: EntityManager,
    account: Account,
    change: (account: Account) => void,
  ): Promise<Account> {
    const before = JSON.stringify(account);
    change(account);
    if (JSON.stringify(account) === before) return account;
    account.version += 1;
    account.updatedAt = new Date(this.clock.now());
    await manager.update(Account, { id: account.id }, { ...account });
    return account;
  }
}

const itself = (account: Account): Account => account;

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

async function bySignUpKey(manager: EntityManager, key: string | null): Promise<Account | null> {
  return key === null ? null : manager.findOneBy(Account, { signUpKey: key });
}

async function removeStale(
  manager: EntityManager,
  username: string,
  staleBefore: Date,
): Promise<string | undefined> {
  const [removed] = await manager.query<[{ id: string }[], number]>(
    `DELETE FROM "user" WHERE lower(username COLLATE "C") = $1 AND status <> 'active'
     AND updated_at < $2 RETURNING id`,
    [username.toLowerCase(), staleBefore],
  );
  return removed[0]?.id;
}

const lockedActive = (manager: EntityManager, id: string) =>
  locked(manager, { id, status: 'active' });

async function locked(manager: EntityManager, where: FindOptionsWhere<Account>): Promise<Account> {
  const account = await manager.findOne(Account, { where, lock: { mode: 'pessimistic_write' } });
  if (!account) throw new Problem('users.unknown');
  return account;
}

/** One at a time: two administrators who remove each other must not both succeed. */
const lockAdmins = (manager: EntityManager): Promise<unknown> =>
  manager.query(`SELECT pg_advisory_xact_lock(hashtext('users: administrators'))`);

async function isLastAdmin(manager: EntityManager, account: Account): Promise<boolean> {
  if (!account.roles.includes('admin')) return false;
  const others = await manager
    .createQueryBuilder(Account, 'account')
    .where(`account.status = 'active' AND 'admin' = ANY(account.roles) AND account.id <> :id`, {
      id: account.id,
    })
    .getExists();
  return !others;
}
