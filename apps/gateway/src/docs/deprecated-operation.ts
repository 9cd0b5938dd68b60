import type { Deprecation } from '../routes/deprecation.js';
import type { Route } from '../routes/route.js';

/** What an operation says of itself beside its summary: whose answers it repeats, and its end. */
export function aboutOperation({ aliasOf, deprecation }: Route): Record<string, unknown> {
  const sentences = [
    ...(aliasOf === undefined ? [] : [`The same as \`${aliasOf}\`.`]),
    ...(deprecation ? [endOf(deprecation)] : []),
  ];
  return {
    ...(sentences.length > 0 && { description: sentences.join(' ') }),
    ...(deprecation && {
      deprecated: true,
      'x-deprecation': { ...deprecation, successor: deprecation.successor?.text },
    }),
  };
}

function endOf({ since, sunset, successor, docs, gone }: Deprecation): string {
  const end = gone ? `Answers 410 from ${sunset} on` : `May be gone from ${sunset} on`;
  const next = successor ? `: use \`${successor.text}\`` : '';
  return `Deprecated since ${since}. ${end}${next}.${docs ? ` See <${docs}>.` : ''}`;
}

/** The headers in which every answer of a deprecated operation says so. */
export const deprecationHeaderDocs = (deprecation: Deprecation | undefined): object =>
  deprecation
    ? {
        Deprecation: header('since when nobody should begin to use it (RFC 9745)'),
        Sunset: header('until when it is served in any case (RFC 8594)'),
        Link: header('the successor (`successor-version`) and what explains the move'),
      }
    : {};

const header = (description: string) => ({ description, schema: { type: 'string' } });
