import { Problem } from '@courtside/contracts';

/** The parameters of a query, each with every value it was given. */
export type Query = ReadonlyMap<string, readonly string[]>;

/** More parameters than any operation takes. */
const PARAMETERS_MAX = 100;
const none: Query = new Map();

/**
 * Reads a query (`application/x-www-form-urlencoded`), strictly.
 * @throws Problem `request.invalid` when it is not percent-encoded UTF-8 or has too many parameters.
 */
export function readQuery(text: string): Query {
  if (text === '') return none;
  const query = new Map<string, string[]>();
  for (const part of text.split('&', PARAMETERS_MAX + 1)) {
    if (part === '') continue;
    const equals = part.indexOf('=');
    const name = decoded(equals < 0 ? part : part.slice(0, equals));
    const value = equals < 0 ? '' : decoded(part.slice(equals + 1));
    const values = query.get(name);
    if (values) values.push(value);
    else query.set(name, [value]);
    if (query.size > PARAMETERS_MAX) throw invalid(`more than ${PARAMETERS_MAX} parameters`);
  }
  return query;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    throw invalid('it is not percent-encoded UTF-8');
  }
}

const invalid = (reason: string): Problem =>
  new Problem('request.invalid', `the query cannot be read: ${reason}`);
