import { Problem } from '@courtside/contracts';
import type { MessageContext } from '@courtside/transport';
import { Catch, Inject, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { throwError, type Observable } from 'rxjs';
import { problemOf } from '../bus/problem-of.js';
import type { Logger } from '../log/logger.js';
import { LOGGER } from '../start/tokens.js';

/**
 * Turns what a handler threw into the problem that travels back; what was not foreseen is logged once.
 * Nobody waits for an event: what its handler threw stays what it was, the reason of its dead letter.
 */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(@Inject(LOGGER) private readonly logger: Logger) {}

  catch(error: unknown, host: ArgumentsHost): Observable<never> {
    const { isEvent, attempt } = host.switchToRpc().getContext<MessageContext>();
    if (isEvent) {
      const level = attempt === 1 ? 'warn' : 'debug';
      this.logger[level]({ err: error, attempt }, 'an event was not handled');
      return throwError(() => error);
    }
    const problem = problemOf(error) ?? this.unforeseen(error);
    return throwError(() => problem.toJSON());
  }

  private unforeseen(error: unknown): Problem {
    this.logger.error({ err: error }, 'a handler failed');
    return new Problem('service.internal');
  }
}
