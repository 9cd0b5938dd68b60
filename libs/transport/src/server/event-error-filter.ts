import { Catch, Logger, type ArgumentsHost } from '@nestjs/common';
import { BaseRpcExceptionFilter } from '@nestjs/microservices';
import { throwError, type Observable } from 'rxjs';
import { MessageContext } from './message-context.js';

/**
 * Leaves what a handler of an event threw as it was, and logs it, so that it is the reason and the stack of
 * the dead letter. NestJS by itself makes "Internal server error" of it, as of what a caller is told; for
 * requests that stays so. `{ provide: APP_FILTER, useClass: EventErrorFilter }`, or
 * `app.useGlobalFilters(new EventErrorFilter())`.
 */
@Catch()
export class EventErrorFilter extends BaseRpcExceptionFilter<unknown, never> {
  readonly #logger = new Logger('EventErrorFilter');

  /** Passes on the error of an event; makes of every other what NestJS does. */
  override catch(error: unknown, host: ArgumentsHost): Observable<never> {
    const context: unknown = host.switchToRpc().getContext();
    if (context instanceof MessageContext && context.isEvent) {
      this.#logger.warn(error);
      return throwError(() => error);
    }
    // oxlint-disable-next-line promise/valid-params -- a filter is no promise
    return super.catch(error, host);
  }
}
