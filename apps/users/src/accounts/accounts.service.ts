import { Problem, users, type ListUsers, type Output, type User } from '@courtside/contracts';
import { IdempotentWrites } from '@courtside/database';
import { currentUser } from '@courtside/identity';
import { demandVersion } from '@courtside/service';
import { Injectable } from '@nestjs/common';
import { AccessNews } from './access-news.js';
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
    private readonly writes: IdempotentWrites,
    private readonly news: AccessNews,
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
   * The account and its name are gone at once; auth removes password and sessions when it hears the
   * event, and admits nobody without an account until then. So deleting needs nobody but us.
   */
  async delete(id: string): Promise<null> {
    const request = {
      owner: currentUser().userId,
      message: users.delete.name,
      input: { id },
    };
    await this.writes.run(request, async (manager) => {
      await this.store.delete(manager, id, (account, isLastAdmin) => {
        account.demandDeletable({
          isProtected: this.protectedUsers.includes(account),
          isLastAdmin,
        });
        demandVersion(account.version);
      });
      return null;
    });
    await this.news.tell(id);
    return null;
  }

  private shown(account: Account): User {
    return userOf(account, this.protectedUsers.includes(account));
  }
}
