import {
  ACCESS_CHANGED,
  auth,
  Problem,
  users,
  type AccessChanged,
  type ListUsers,
  type Output,
  type User,
} from '@courtside/contracts';
import { Bus, demandVersion } from '@courtside/service';
import { Injectable } from '@nestjs/common';
import type { Account, Profile } from './account.entity.js';
import { AccountsStore } from './accounts.store.js';
import { ProtectedUsers } from './protected-users.js';
import { userOf } from './user-of.js';

/** Reads, changes and deletes accounts. */
@Injectable()
export class AccountsService {
  constructor(
    private readonly store: AccountsStore,
    private readonly protectedUsers: ProtectedUsers,
    private readonly bus: Bus,
  ) {}

  async list(query: ListUsers): Promise<Output<typeof users.list>> {
    const { items, next } = await this.store.page(query);
    return { items: items.map((account) => this.shown(account)), next };
  }

  async read(id: string): Promise<User> {
    const account = await this.store.findActive(id);
    if (!account) throw new Problem('users.unknown');
    return this.shown(account);
  }

  async update(id: string, profile: Profile): Promise<User> {
    const account = await this.store.update(id, (each) => {
      demandVersion(each.version);
      each.changeProfile(profile);
    });
    return this.shown(account);
  }

  /**
   * First the account is gone for everyone, then its password and sessions, then its row. What
   * broke off leaves an account that nobody sees; repeating it completes it.
   */
  async delete(id: string): Promise<null> {
    await this.store.startDeletion(id, (account, isLastAdmin) =>
      account.startDeletion({ isProtected: this.protectedUsers.includes(account), isLastAdmin }),
    );
    await this.bus.request(auth.deleteCredential, { userId: id });
    await this.store.finishDeletion(id);
    await this.bus.broadcast(ACCESS_CHANGED, { userId: id } satisfies AccessChanged);
    return null;
  }

  private shown(account: Account): User {
    return userOf(account, this.protectedUsers.includes(account));
  }
}
