import { setTimeout as pause } from 'node:timers/promises';
import { CONFIG, LOGGER, type Logger } from '@courtside/service';
import {
  Inject,
  Injectable,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import type { UsersConfig } from '../config.js';
import { signUpsCalledOff } from './sign-up-metrics.js';
import { SignUpsStore } from './sign-ups.store.js';

/** Sign-ups of one transaction: few enough that it is short, whatever has piled up. */
const BATCH_MAX = 50;

/**
 * Calls off the sign-ups of processes that died: every replica looks every few seconds, none leads,
 * and what one looks at the others skip.
 */
@Injectable()
export class SignUpSweep implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly stopping = new AbortController();
  private running: Promise<void> = Promise.resolve();
  private isFailing = false;

  constructor(
    private readonly store: SignUpsStore,
    @Inject(CONFIG) private readonly config: Pick<UsersConfig, 'SIGN_UP_SWEEP_MS'>,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.running = this.repeat();
  }

  /** Resolves once what it was at is done. */
  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  private async repeat(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      const hasMore = await this.sweep();
      if (hasMore) continue;
      // Half fixed, half random and more: replicas that started together do not stay together.
      const waitMs = this.config.SIGN_UP_SWEEP_MS * (0.5 + Math.random());
      await pause(waitMs, undefined, { signal }).catch(() => undefined);
    }
  }

  /** @returns whether there may be more. */
  private async sweep(): Promise<boolean> {
    try {
      const count = await this.store.callOffOverdue(BATCH_MAX);
      if (count > 0) {
        signUpsCalledOff().inc({ by: 'sweep' }, count);
        this.logger.warn({ count }, 'called off sign-ups that had been left unfinished');
      }
      this.isFailing = false;
      return count === BATCH_MAX;
    } catch (error) {
      // Once, not every few seconds, for as long as the database is away.
      if (!this.isFailing) {
        this.logger.warn({ err: error }, 'unfinished sign-ups could not be looked for');
      }
      this.isFailing = true;
      return false;
    }
  }
}
