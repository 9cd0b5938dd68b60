import { CLOCK, CONFIG, LOGGER, type Clock, type Logger } from '@courtside/service';
import {
  Inject,
  Injectable,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import type { OrdersConfig } from '../config.js';
import { OrderEvents } from './order-events.js';
import { OrdersStore } from './orders.store.js';

/** Orders that expire in one transaction; more follow at once. */
const BATCH_MAX = 100;
/** How often to look, at most: an index says at once that there is nothing. */
const LOOK_EVERY_MS = 1_000;
/** A shorter life is looked at this many times. */
const LOOKS_PER_LIFE = 4;

/**
 * Expires orders that stayed pending: their process died, or products did not answer, and nobody
 * came with the key again. Every replica does it and none leads.
 */
@Injectable()
export class Expiry implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<void> = Promise.resolve();
  private isStopping = false;

  constructor(
    private readonly store: OrdersStore,
    private readonly events: OrderEvents,
    @Inject(CONFIG) private readonly config: OrdersConfig,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.lookLater();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.isStopping = true;
    clearTimeout(this.timer);
    await this.looking;
  }

  private lookLater(): void {
    if (this.isStopping) return;
    const life = this.config.ORDER_PENDING_TTL_MS;
    const wait = Math.min(LOOK_EVERY_MS, life / LOOKS_PER_LIFE);
    this.timer = setTimeout(() => {
      this.looking = this.look().then(() => this.lookLater());
    }, wait);
  }

  private async look(): Promise<void> {
    const before = new Date(this.clock.now() - this.config.ORDER_PENDING_TTL_MS);
    try {
      for (let count = BATCH_MAX; count === BATCH_MAX && !this.isStopping;) {
        count = await this.store.expire(before, BATCH_MAX, (manager, { id, userId }) =>
          this.events.cancelled(manager, { orderId: id, userId, reason: 'expired' }),
        );
        if (count > 0) this.logger.info({ count }, 'orders expired unconfirmed');
      }
    } catch (error) {
      this.logger.warn({ err: error }, 'pending orders could not be looked at, trying again');
    }
  }
}
