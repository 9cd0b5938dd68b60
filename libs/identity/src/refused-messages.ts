import { Problem, type ServiceName } from '@courtside/contracts';
import { counter, LOGGER, SERVICE_NAME, type Logger } from '@courtside/service';
import type { MessageContext } from '@courtside/transport';
import { Inject, Injectable } from '@nestjs/common';
import { refusals, type Refusal } from './refusal.js';

/** A name that a sender claims is written down as far as a real one could go, characters. */
const SENDER_LENGTH_MAX = 64;

/** Counts and logs what was refused, for whoever watches over the platform. */
@Injectable()
export class RefusedMessages {
  private readonly count = counter({
    name: 'messages_refused_total',
    help: 'Messages that did not prove who asks, by reason',
    labelNames: ['app', 'reason'],
  });

  constructor(
    @Inject(SERVICE_NAME) private readonly app: ServiceName,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    for (const reason of refusals) this.count.inc({ app, reason }, 0);
  }

  /** What the sender is told: the same for every reason, so that nobody learns by trying. */
  problem({ pattern, sender }: MessageContext, reason: Refusal): Problem {
    this.count.inc({ app: this.app, reason });
    this.logger.warn(
      { message: pattern, sender: sender.slice(0, SENDER_LENGTH_MAX), reason },
      'refused a message that does not prove who asks',
    );
    return new Problem('access.unproven');
  }
}
