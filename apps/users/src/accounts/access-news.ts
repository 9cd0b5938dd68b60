import { ACCESS_CHANGED, type AccessChanged } from '@courtside/contracts';
import { Bus, LOGGER, type Logger } from '@courtside/service';
import { Inject, Injectable } from '@nestjs/common';

/**
 * Tells every process that what somebody may do has changed, once that is committed. It only makes
 * known sooner what the life of a remembered answer makes known anyway, so it fails no request.
 */
@Injectable()
export class AccessNews {
  constructor(
    private readonly bus: Bus,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  async tell(userId: string): Promise<void> {
    try {
      await this.bus.broadcast(ACCESS_CHANGED, { userId } satisfies AccessChanged);
    } catch (error) {
      this.logger.warn({ err: error, user: userId }, 'a change of access could not be broadcast');
    }
  }
}
