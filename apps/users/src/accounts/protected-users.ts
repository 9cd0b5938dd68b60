import { CONFIG } from '@courtside/service';
import { Inject, Injectable } from '@nestjs/common';
import type { UsersConfig } from '../config.js';

/** The accounts that configuration protects: not even an administrator deletes or demotes them. */
@Injectable()
export class ProtectedUsers {
  private readonly entries: ReadonlySet<string>;

  constructor(@Inject(CONFIG) config: Pick<UsersConfig, 'PROTECTED_USERS'>) {
    this.entries = new Set(config.PROTECTED_USERS);
  }

  includes({ id, username }: { readonly id: string; readonly username: string }): boolean {
    return this.entries.has(id) || this.entries.has(username.toLowerCase());
  }
}
