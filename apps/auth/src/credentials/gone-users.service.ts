import { ACCESS_CHANGED, type AccessChanged, type CloudEvent } from '@courtside/contracts';
import { Inbox } from '@courtside/database';
import { Bus } from '@courtside/service';
import { Injectable } from '@nestjs/common';
import { CredentialsStore } from './credentials.store.js';

/** Removes what is kept of users whose account is gone. */
@Injectable()
export class GoneUsersService {
  constructor(
    private readonly inbox: Inbox,
    private readonly store: CredentialsStore,
    private readonly bus: Bus,
  ) {}

  async forget(event: CloudEvent<{ readonly userId: string }>): Promise<void> {
    const { userId } = event.data;
    await this.inbox.once(event, (manager) => this.store.remove(manager, userId));
    // Every time: a process that died after its commit has told nobody.
    await this.bus.broadcast(ACCESS_CHANGED, { userId } satisfies AccessChanged);
  }
}
