import { demoUsers } from '@courtside/contracts';
import { CLOCK, CONFIG, type Clock } from '@courtside/service';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type { UsersConfig } from '../config.js';
import { newAccount } from './new-account.js';
import { SignUpsStore } from './sign-ups.store.js';

/** Sees to the users of the demo profile; auth sees to their passwords. */
@Injectable()
export class DemoAccounts implements OnModuleInit {
  constructor(
    @Inject(CONFIG) private readonly config: UsersConfig,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly store: SignUpsStore,
  ) {}

  async onModuleInit(): Promise<void> {
    if (!this.config.DEMO) return;
    const now = new Date(this.clock.now());
    await this.store.seed(
      demoUsers.map(({ id, username, roles }) => newAccount({ id, username, roles, now })),
    );
  }
}
