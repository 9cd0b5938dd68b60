import { Problem } from '@courtside/contracts';
import type { MessageContext } from '@courtside/transport';
import { Catch, Inject, Optional, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { throwError, type Observable } from 'rxjs';
import { problemOf } from '../bus/problem-of.js';
import type { Logger } from '../log/logger.js';
import { FAULTS, LOGGER } from '../start/tokens.js';

/** The problem that a fault of something below a handler amounts to; undefined for every other error. */
export type ProblemOfFault = (error: unknown) => Problem | undefined;

/**
 * Turns what a handler threw into the problem that travels back; what was not foreseen is logged once.
 * Nobody waits for an event: what its handler threw stays what it was, the reason of its dead letter.
 */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(
    @Inject(LOGGER) private readonly logger: Logger,
    @Optional() @Inject(FAULTS) private readonly problemOfFault?: ProblemOfFault,
  ) {}

  catch(error: unknown, host: ArgumentsHost): Observable<never> {
    const { isEvent, attempt } = host.switchToRpc().getContext<MessageContext>();
    if (isEvent) {
      const level = attempt === 1 ? 'warn' : 'debug';
      this.logger[level]({ err: error, attempt }, 'an event was not handled');
      return throwError(() => error);
    }
    const problem = problemOf(error) ?? this.expected(error) ?? this.unforeseen(error);
    return throwError(() => problem.toJSON());
  }

  /** What is away tells so by its health; each request that meets it is no news. */
  private expected(error: unknown): Problem | undefined {
    const problem = this.problemOfFault?.(error);
    if (problem) this.logger.debug({ err: error }, 'what a handler needs is away');
    return problem;
  }

  private unforeseen(error: unknown): Problem {
    this.logger.error({ err: error }, 'a handler failed');
    return new Problem('service.internal');
  }
}
