import { Problem } from '@courtside/contracts';
import { Catch, Inject, type ExceptionFilter } from '@nestjs/common';
import { throwError, type Observable } from 'rxjs';
import { problemOf } from '../bus/problem-of.js';
import type { Logger } from '../log/logger.js';
import { LOGGER } from '../start/tokens.js';

/** Turns what a handler threw into the problem that travels back; what was not foreseen is logged once. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(@Inject(LOGGER) private readonly logger: Logger) {}

  catch(error: unknown): Observable<never> {
    const problem = problemOf(error) ?? this.unforeseen(error);
    return throwError(() => problem.toJSON());
  }

  private unforeseen(error: unknown): Problem {
    this.logger.error({ err: error }, 'a handler failed');
    return new Problem('service.internal');
  }
}
