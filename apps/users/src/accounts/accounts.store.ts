import { Id, Instant, Problem, userEvents, type ListUsers } from '@courtside/contracts';
import { Outbox, pageFrom, positionIn } from '@courtside/database';
import { CLOCK, type Clock } from '@courtside/service';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { z } from 'zod';
import { Account } from './account.entity.js';

/** Who an active account is to a change that may leave no administrator. */
type ChangeAmongAdmins = (account: Account, isLastAdmin: boolean) => void;

/** User names are compared like this; the unique index says the same. */
const NAME = 'lower(account.username COLLATE "C")';

/** Where a page ended: the values that its order goes by. */
const AtName = z.tuple([z.string()]);
const AtCreation = z.tuple([Instant, Id]);

/** Accounts in the database. What changes one is a transaction here; bus calls stay outside. */
@Injectable()
export class AccountsStore {
  constructor(
    @Inject(DataSource) private readonly source: DataSource,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly outbox: Outbox,
  ) {}

  findActive(id: string): Promise<Account | null> {
    return this.source.manager.findOneBy(Account, { id, status: 'active' });
  }

  /** Pending or active: whoever has this id as far as signing in goes. */
  findPresent(id: string): Promise<Account | null> {
    return this.source.manager.findOneBy(Account, { id });
  }

  findPresentByName(username: string): Promise<Account | null> {
    return this.source.manager
      .createQueryBuilder(Account, 'account')
      .where(`${NAME} = :name`, { name: username.toLowerCase() })
      .getOne();
  }

  /** Whether anybody may do everything. */
  hasAdmin(): Promise<boolean> {
    return admins(this.source.manager).getExists();
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
   * Deletes an account and tells of it, in a transaction of the caller.
   * @throws Problem `users.unknown`, and what `demand` throws.
   */
  async delete(manager: EntityManager, id: string, demand: ChangeAmongAdmins): Promise<void> {
    await lockAdmins(manager);
    const account = await lockedActive(manager, id);
    demand(account, await isLastAdmin(manager, account));
    await manager.delete(Account, { id });
    await this.outbox.add(manager, userEvents.deleted, { subject: id, data: { userId: id } });
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

async function lockedActive(manager: EntityManager, id: string): Promise<Account> {
  const account = await manager.findOne(Account, {
    where: { id, status: 'active' },
    lock: { mode: 'pessimistic_write' },
  });
  if (!account) throw new Problem('users.unknown');
  return account;
}

/** One at a time: two administrators who remove each other must not both succeed. */
const lockAdmins = (manager: EntityManager): Promise<unknown> =>
  manager.query(`SELECT pg_advisory_xact_lock(hashtext('users: administrators'))`);

async function isLastAdmin(manager: EntityManager, account: Account): Promise<boolean> {
  if (!account.roles.includes('admin')) return false;
  const others = admins(manager).andWhere('account.id <> :id', { id: account.id });
  return !(await others.getExists());
}

const admins = (manager: EntityManager) =>
  manager
    .createQueryBuilder(Account, 'account')
    .where(`account.status = 'active' AND 'admin' = ANY(account.roles)`);
