import { Problem } from '@courtside/contracts';
import type { Exchange } from '../http/exchange.js';
import { REST } from '../routes/route-path.js';

/** What another server may read as a way up, in any spelling. */
const WAY_UP = /(^|[/\\])\.{1,2}([/\\]|$)/;

/**
 * The path and query to ask an upstream for: the template with its parts filled in, else the path
 * the client sent. A path that could leave the route's own folder is as unknown as any other.
 */
export function pathAt(template: string | undefined, exchange: Exchange): string {
  const { params, queryText } = exchange.matched;
  for (const value of Object.values(params)) {
    if (WAY_UP.test(value) || value.includes('\\') || value.includes('\0')) {
      throw new Problem('request.route-unknown');
    }
  }
  const path = template === undefined ? exchange.path : filled(template, params);
  return queryText === '' ? path : `${path}?${queryText}`;
}

const filled = (template: string, params: Readonly<Record<string, string>>): string =>
  template.replace(/\{([^}]+)\}/g, (_whole, name: string) => {
    const value = params[name] ?? '';
    return name === REST
      ? value.split('/').map(encodeURIComponent).join('/')
      : encodeURIComponent(value);
  });
