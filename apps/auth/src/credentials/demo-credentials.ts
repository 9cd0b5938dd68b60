import { DEMO_PASSWORD, demoUsers } from '@courtside/contracts';
import { CONFIG } from '@courtside/service';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type { AuthConfig } from '../config.js';
import { CredentialsStore } from './credentials.store.js';
import { Passwords } from './passwords.js';

/** Gives the users of the demo profile their well-known password, which no policy would take. */
@Injectable()
export class DemoCredentials implements OnModuleInit {
  constructor(
    @Inject(CONFIG) private readonly config: Pick<AuthConfig, 'DEMO'>,
    private readonly store: CredentialsStore,
    private readonly passwords: Passwords,
  ) {}

  async onModuleInit(): Promise<void> {
    if (!this.config.DEMO) return;
    for (const { id } of demoUsers) {
      if (await this.store.has(id)) continue;
      await this.store.add(id, await this.passwords.hash(DEMO_PASSWORD));
    }
  }
}
