import createRouter from 'find-my-way';
import type { Answer } from '../http/answer.js';
import type { Exchange } from '../http/exchange.js';
import type { Method, Route } from './route.js';

/** A route with the closure that answers it. */
export interface ServedRoute {
  readonly route: Route;
  readonly serve: (exchange: Exchange) => Promise<Answer>;
}

/** What the table says about a request. */
export type Found =
  | {
      readonly kind: 'route';
      readonly served: ServedRoute;
      readonly params: Readonly<Record<string, string>>;
      readonly queryText: string;
    }
  /** The path is there, for other methods. */
  | { readonly kind: 'other-methods'; readonly allow: string }
  | { readonly kind: 'nothing' }
  /** The path is not percent-encoded UTF-8. */
  | { readonly kind: 'unreadable' };

const NOTHING: Found = { kind: 'nothing' };
const UNREADABLE: Found = { kind: 'unreadable' };
const methods: readonly Method[] = ['DELETE', 'GET', 'PATCH', 'POST', 'PUT'];
/** Longer parts of a path belong to nothing. */
const PARAM_LENGTH_MAX = 512;

const unused = () => undefined;

/**
 * All routes at one moment. Never changed: an edited file makes a new table, and requests under way
 * finish on the one they began with.
 */
export class RoutingTable {
  private readonly router = createRouter({
    querystringParser: (text: string) => text as never,
    maxParamLength: PARAM_LENGTH_MAX,
    onBadUrl: unused,
  });

  constructor(readonly served: readonly ServedRoute[]) {
    for (const each of served) {
      this.router.on(each.route.method, each.route.path.pattern, unused, each);
    }
  }

  find(method: string, url: string): Found {
    if (url.charCodeAt(0) !== SLASH) return NOTHING;
    const known = method === 'HEAD' ? 'GET' : method;
    const found = methods.includes(known as Method) ? this.router.find(known as Method, url) : null;
    if (!found) return this.underOtherMethods(url);
    const { params, searchParams, store } = found;
    if (store === undefined || store === null) return UNREADABLE;
    for (const name in params) {
      if (params[name] === '' && name !== '*') return NOTHING;
    }
    return {
      kind: 'route',
      served: store as ServedRoute,
      params: params as Record<string, string>,
      queryText: searchParams as never as string,
    };
  }

  private underOtherMethods(url: string): Found {
    const allowed: string[] = methods.filter((method) => this.router.find(method, url)?.store);
    if (allowed.length === 0) return NOTHING;
    if (allowed.includes('GET')) allowed.push('HEAD');
    return { kind: 'other-methods', allow: allowed.join(', ') };
  }
}

const SLASH = 47;
