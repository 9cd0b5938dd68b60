/** A path of a route, ready for the router. */
export interface RoutePath {
  /** As written: `/api/v1/users/{id}`. */
  readonly text: string;
  /** As the router takes it: `/api/v1/users/:id`. */
  readonly pattern: string;
  /** Paths of one shape match the same requests: `/api/v1/users/{}`. */
  readonly shape: string;
  readonly params: readonly string[];
}

const SEGMENT = /^[A-Za-z0-9_~.-]+$/;
const PARAM = /^\{([A-Za-z_]\w*)\}$/;
/** The name under which the router gives what a final `*` matched. */
export const REST = '*';

/** Reads a path; a sentence when it is none that a request could ever have. */
export function routePath(text: string): RoutePath | string {
  if (text === '/') return { text, pattern: '/', shape: '/', params: [] };
  if (!text.startsWith('/')) return `the path ${text} must start with /`;
  const params: string[] = [];
  const segments = text.slice(1).split('/');
  for (const [index, segment] of segments.entries()) {
    const name = PARAM.exec(segment)?.[1];
    const isRest = segment === REST && index === segments.length - 1;
    if (name !== undefined && params.includes(name)) return `${text} names {${name}} twice`;
    if (name !== undefined || isRest) params.push(name ?? REST);
    else if (!isStatic(segment)) return `${text} can never match: ${reason(segment)}`;
  }
  return {
    text,
    pattern: `/${segments.map((segment) => segment.replace(PARAM, ':$1')).join('/')}`,
    shape: `/${segments.map((segment) => segment.replace(PARAM, '{}')).join('/')}`,
    params,
  };
}

const isStatic = (segment: string): boolean =>
  SEGMENT.test(segment) && segment !== '.' && segment !== '..';

function reason(segment: string): string {
  if (segment === '') return 'it has an empty part';
  if (segment === '.' || segment === '..') return `clients resolve ${segment} before they ask`;
  return `'${segment}' is neither plain text (letters, digits, _ ~ . -) nor one {name} nor a last *`;
}
