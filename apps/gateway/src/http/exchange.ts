import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RequestContext, UserIdentity } from '@courtside/service';
import type { Route } from '../routes/route.js';

/** One HTTP request on its way through a route. */
export class Exchange {
  /** Set once the token is verified; undefined where the route asks for none. */
  user: UserIdentity | undefined;
  private abort: AbortController | undefined;

  constructor(
    readonly request: IncomingMessage,
    readonly response: ServerResponse,
    readonly context: RequestContext,
    readonly route: Route,
    readonly matched: {
      readonly params: Readonly<Record<string, string>>;
      readonly queryText: string;
    },
  ) {}

  get path(): string {
    return pathOf(this.request.url ?? '/');
  }

  /** Aborted when the client goes away before it has its answer. */
  get signal(): AbortSignal {
    if (!this.abort) {
      const abort = new AbortController();
      this.abort = abort;
      this.response.once('close', () => {
        if (!this.response.writableFinished) abort.abort();
      });
    }
    return this.abort.signal;
  }

  /** A header that is sent once; several of one name are one text, as HTTP says. */
  header(name: string): string | undefined {
    const value = this.request.headers[name];
    return Array.isArray(value) ? value.join(', ') : value;
  }
}

/** The path of a request target, without its query. */
export function pathOf(url: string): string {
  const end = url.search(/[?#]/);
  return end < 0 ? url : url.slice(0, end);
}
