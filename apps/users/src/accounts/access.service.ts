import { effectivePermissions, Problem, type User, type UserAccess } from '@courtside/contracts';
import { currentUser } from '@courtside/identity';
import { Injectable } from '@nestjs/common';
import { AccessNews } from './access-news.js';
import type { Account, Standing } from './account.entity.js';
import { AccountsStore } from './accounts.store.js';
import { ProtectedUsers } from './protected-users.js';
import { userOf } from './user-of.js';

/** What accounts may do: who changes it, and what it is now. */
@Injectable()
export class AccessService {
  constructor(
    private readonly store: AccountsStore,
    private readonly protectedUsers: ProtectedUsers,
    private readonly news: AccessNews,
  ) {}

  /** Changes someone else's roles or permissions; all who remember them are told. */
  async change(id: string, change: (account: Account, standing: Standing) => void): Promise<User> {
    if (currentUser().userId === id) throw new Problem('users.own-access');
    const account = await this.store.updateAmongAdmins(id, (each, isLastAdmin) =>
      change(each, { isProtected: this.protectedUsers.includes(each), isLastAdmin }),
    );
    await this.news.tell(id);
    return userOf(account, this.protectedUsers.includes(account));
  }

  async find(id: string): Promise<UserAccess | null> {
    return accessOf(await this.store.findPresent(id));
  }

  async findByName(username: string): Promise<UserAccess | null> {
    return accessOf(await this.store.findPresentByName(username));
  }
}

function accessOf(account: Account | null): UserAccess | null {
  if (!account) return null;
  const { id, username, status, roles } = account;
  return {
    id,
    username,
    status,
    roles,
    permissions: effectivePermissions(roles, account.permissions),
  };
}
