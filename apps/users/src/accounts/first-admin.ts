import { setTimeout as pause } from 'node:timers/promises';
import { Problem } from '@courtside/contracts';
import { CLOCK, CONFIG, LOGGER, newId, type Clock, type Logger } from '@courtside/service';
import {
  Inject,
  Injectable,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import type { UsersConfig } from '../config.js';
import type { Account } from './account.entity.js';
import { AccountsStore } from './accounts.store.js';
import { newAccount } from './new-account.js';
import { fingerprintOf, SignUpService } from './sign-up.service.js';

/** All replicas share one attempt. Those of clients have a space in their key, so no client has this. */
const SIGN_UP_KEY = 'first-admin';
/** How long an attempt that broke off blocks the name. */
const ATTEMPT_MS_MAX = 30_000;

const RETRY_MS_FIRST = 500;
const RETRY_MS_MAX = 10_000;

/** Trying again would end in the same way. */
const lasting = new Set(['auth.password-unacceptable', 'users.username-taken']);

/**
 * Sees to it that somebody may do everything: signs an administrator up where there is none, and tries
 * until auth is there. Once there is one it does nothing, whatever the settings say.
 */
@Injectable()
export class FirstAdmin implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly stopping = new AbortController();
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly accounts: AccountsStore,
    private readonly signUps: SignUpService,
    @Inject(CONFIG) private readonly config: UsersConfig,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** The app takes work meanwhile. */
  onApplicationBootstrap(): void {
    const { FIRST_ADMIN: username, FIRST_ADMIN_PASSWORD: password } = this.config;
    if (username !== undefined && password !== undefined) {
      this.running = this.repeat(username, password);
    }
  }

  /** Resolves once what it was at is done. */
  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  private async repeat(username: string, password: string): Promise<void> {
    const { signal } = this.stopping;
    let told = '';
    for (
      let waitMs = RETRY_MS_FIRST;
      !signal.aborted;
      waitMs = Math.min(waitMs * 2, RETRY_MS_MAX)
    ) {
      try {
        return await this.see(username, password);
      } catch (error) {
        const code = error instanceof Problem ? error.code : 'no problem of ours';
        if (lasting.has(code)) {
          this.logger.error(
            { err: error, username },
            'there is no administrator, and this is none',
          );
          return;
        }
        if (code !== told) this.logger.warn({ err: error }, 'the first administrator has to wait');
        told = code;
      }
      // Replicas that started together do not stay together.
      await pause(waitMs * (0.5 + Math.random()), undefined, { signal }).catch(() => undefined);
    }
  }

  private async see(username: string, password: string): Promise<void> {
    if (await this.accounts.hasAdmin()) return;
    const { id, roles } = await this.signUps.carryOut(this.wanted(username), password);
    this.logger.info({ user: id, username, roles }, 'made the first administrator');
  }

  private wanted(username: string): Account {
    const now = this.clock.now();
    return newAccount({
      id: newId(),
      username,
      roles: ['admin'],
      now: new Date(now),
      signUp: {
        until: new Date(now + ATTEMPT_MS_MAX),
        idempotency: { key: SIGN_UP_KEY, fingerprint: fingerprintOf(username) },
      },
    });
  }
}
