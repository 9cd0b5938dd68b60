import type { DeprecatedEntry, DeprecatedTable } from './deprecated-entry.js';
import { REST, routePath, type RoutePath } from './route-path.js';

/** That a version of an operation is on its way out: since when, until when, and what comes instead. */
export interface Deprecation {
  /** The day from which nobody should begin to use it, `2026-12-01`. */
  readonly since: string;
  /** The day from which it may be gone: served until then in any case. */
  readonly sunset: string;
  readonly successor: RoutePath | undefined;
  /** Where a person reads how to move. */
  readonly docs: string | undefined;
  /** Whether it answers 410 from the sunset on, instead of being served until its route is removed. */
  readonly gone: boolean;
}

type Say = (sentence: string, key: string) => void;

/** Plans what a route says of itself; tells what does not fit it. */
export function planDeprecation(
  { since, sunset, successor, docs, gone = false }: DeprecatedEntry,
  path: RoutePath,
  say: Say,
): Deprecation {
  const next = successor === undefined ? undefined : routePath(successor);
  if (typeof next === 'string') say(next, 'successor');
  const known = typeof next === 'string' ? undefined : next;
  const unknown = known?.params.filter((name) => !path.params.includes(name)) ?? [];
  if (unknown.length > 0) say(`${path.text} has no {${unknown.join('}, {')}}`, 'successor');
  return { since, sunset, successor: known, docs, gone };
}

/** What a whole table says of one of its routes: its path under the other prefix comes next. */
export function deprecatedByTable(
  { prefix, successor, ...rest }: DeprecatedTable,
  path: string,
  say: Say,
): DeprecatedEntry {
  if (prefix === undefined || successor === undefined) return rest;
  if (path.startsWith(`${prefix}/`)) {
    return { ...rest, successor: successor + path.slice(prefix.length) };
  }
  say(`${path} does not start with ${prefix}/: say deprecated in that route`, 'prefix');
  return rest;
}

/** The first moment of a day, UTC. */
const momentOf = (day: string): Date => new Date(`${day}T00:00:00Z`);

/** Whether requests are refused by now. */
export const isGone = ({ gone, sunset }: Deprecation, now: number): boolean =>
  gone && now >= momentOf(sunset).getTime();

/**
 * Says so in the headers of an answer: `Deprecation` (RFC 9745), `Sunset` (RFC 8594), and links to the
 * successor (RFC 5829) at the very thing that was asked for, and to what explains the move.
 */
export function deprecationHeaders(
  { since, sunset, docs, ...deprecation }: Deprecation,
  params: Readonly<Record<string, string>>,
): Record<string, string> {
  const successor = deprecation.successor && filledPath(deprecation.successor, params);
  const links = [
    ...(successor === undefined ? [] : [`<${successor}>; rel="successor-version"`]),
    ...(docs === undefined ? [] : [`<${docs}>; rel="deprecation"`, `<${docs}>; rel="sunset"`]),
  ];
  return {
    deprecation: `@${momentOf(since).getTime() / 1_000}`,
    sunset: momentOf(sunset).toUTCString(),
    link: links.join(', '),
  };
}

/** The path with what a request gave for its parts. */
export const filledPath = ({ text }: RoutePath, params: Readonly<Record<string, string>>): string =>
  text
    .replace(/\{(\w+)\}/g, (_whole, name: string) => encodeURIComponent(params[name] ?? ''))
    .replace(/\*$/, () => (params[REST] ?? '').split('/').map(encodeURIComponent).join('/'));
