import { messages, type Message } from '@courtside/contracts';
import { z } from 'zod';
import { deprecatedByTable, planDeprecation, type Deprecation } from './deprecation.js';
import type { RouteFault } from './fault.js';
import { planInput } from './plan-input.js';
import { planResponse } from './response-plan.js';
import { routePath, type RoutePath } from './route-path.js';
import { BODY_BYTES_MAX_DEFAULT, TIMEOUT_MS_DEFAULT, type Method, type Route } from './route.js';
import { methods, RouteTable, type RouteEntry } from './route-table.js';
import { YamlSource, type YamlPath } from './yaml-source.js';

/** A route of a file with the place where it stands. */
export interface PlacedRoute {
  readonly route: Route;
  readonly fault: (sentence: string) => RouteFault;
  /** A fault at what it names as its successor. */
  readonly successorFault: (sentence: string) => RouteFault;
}

/** What one file says, as far as it makes sense, and everything that does not. */
export interface ReadTable {
  readonly file: string;
  readonly name: string;
  readonly revision: string;
  readonly routes: readonly PlacedRoute[];
  readonly aliases: readonly PlacedAlias[];
  readonly faults: readonly RouteFault[];
}

export interface PlacedAlias {
  readonly prefix: string;
  readonly to: string;
  readonly only: readonly string[] | undefined;
  readonly fault: (sentence: string) => RouteFault;
}

/** Reads one route file and checks all that can be checked without the other files. */
export function readTable(file: string, text: string): ReadTable {
  const source = YamlSource.parse(file, text);
  const nothing = { file, name: '', revision: '', routes: [], aliases: [] };
  if (source.faults.length > 0) return { ...nothing, faults: source.faults };
  const parsed = RouteTable.safeParse(source.value);
  if (!parsed.success) {
    return { ...nothing, faults: parsed.error.issues.flatMap((issue) => located(issue, source)) };
  }
  const { metadata, spec } = parsed.data;
  const faults: RouteFault[] = [];
  const routes = spec.routes.flatMap((entry, index): PlacedRoute[] => {
    const base = ['spec', 'routes', index];
    const say = (sentence: string, path: YamlPath = []) =>
      void faults.push(source.fault([...base, ...path], sentence));
    const route = readRoute(entry, spec.defaults, say);
    if (!route) return [];
    const where = entry.deprecated ? base : ['spec'];
    const sayDeprecated = (sentence: string, key: string) =>
      void faults.push(source.fault([...where, 'deprecated', key], sentence));
    return [
      {
        route: { ...route, deprecation: readDeprecation(entry, spec, route.path, sayDeprecated) },
        fault: (sentence) => source.fault([...base, route.method.toLowerCase()], sentence),
        successorFault: (sentence) => source.fault([...where, 'deprecated', 'successor'], sentence),
      },
    ];
  });
  const aliases = (spec.aliases ?? []).map(({ prefix, to, only }, index) => ({
    prefix,
    to,
    only,
    fault: (sentence: string) => source.fault(['spec', 'aliases', index], sentence),
  }));
  return { file, ...metadata, routes, aliases, faults };
}

/** The faults of the model, each at the very key or value that is wrong. */
function located(issue: z.core.$ZodIssue, source: YamlSource): RouteFault[] {
  const place = issue.path.map(String).join('.');
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) =>
      source.keyFault(issue.path, key, `${place || 'the file'} has no key ${key}`),
    );
  }
  return [source.fault(issue.path, `${place || 'the file'}: ${issue.message}`)];
}

type SayAt = (sentence: string, path?: YamlPath) => void;

function readRoute(
  entry: RouteEntry,
  defaults: RouteTable['spec']['defaults'],
  say: SayAt,
): Route | undefined {
  const method = methodOf(entry);
  const key = method.toLowerCase();
  const path = routePath(entry[key as (typeof methods)[number]] ?? '');
  if (typeof path === 'string') {
    say(path, [key]);
    return undefined;
  }
  const target = targetOf(entry, { method, path }, say);
  if (!target) return undefined;
  return {
    method,
    path,
    auth: entry.auth,
    summary: entry.summary ?? (target.kind === 'message' ? target.message.summary : ''),
    timeoutMs: entry.timeout ?? defaults?.timeout ?? TIMEOUT_MS_DEFAULT,
    bodyBytesMax: entry.maxBody ?? defaults?.maxBody ?? BODY_BYTES_MAX_DEFAULT,
    idempotency: entry.idempotency,
    precondition: entry.precondition,
    target,
    deprecation: undefined,
    aliasOf: undefined,
  };
}

/** What the route says of its own end, or else the whole table. */
function readDeprecation(
  { deprecated }: RouteEntry,
  spec: RouteTable['spec'],
  path: RoutePath,
  say: (sentence: string, key: string) => void,
): Deprecation | undefined {
  if (deprecated) return planDeprecation(deprecated, path, say);
  if (!spec.deprecated) return undefined;
  return planDeprecation(deprecatedByTable(spec.deprecated, path.text, say), path, say);
}

function targetOf(
  entry: RouteEntry,
  { method, path }: { method: Method; path: RoutePath },
  say: SayAt,
): Route['target'] | undefined {
  const { message: name, input, upstream, path: there } = entry.to;
  if (upstream) {
    checkUpstreamPath(there, path, say);
    if (entry.response) say('what an upstream answers goes through as it is', ['response']);
    return { kind: 'upstream', key: upstream, path: there };
  }
  const message = messages.get(name ?? '');
  if (!message) {
    say(`there is no message ${name}${similarTo(name ?? '')}`, ['to', 'message']);
    return undefined;
  }
  checkAccess(message, entry, say);
  const subject = { message, path, hasBody: method !== 'GET', isSignedIn: entry.auth === 'user' };
  const inputPlan = planInput(input, subject, (sentence, field) =>
    say(sentence, ['to', 'input', ...(field === undefined ? [] : [field])]),
  );
  const response = planResponse(entry.response, message, (sentence, field) =>
    say(sentence, ['response', ...(field === undefined ? [] : [field])]),
  );
  return { kind: 'message', message, input: inputPlan, response };
}

function checkAccess(message: Message, entry: RouteEntry, say: SayAt): void {
  const { access, name } = message;
  if (access.by === 'service') {
    say(`${name} is for services only (${access.callers.join(', ')}), never for a route`, [
      'to',
      'message',
    ]);
  } else if (access.by !== 'anyone' && entry.auth === 'none') {
    say(`${name} needs a user: this route must say auth: user`, ['auth']);
  }
}

function checkUpstreamPath(there: string | undefined, path: RoutePath, say: SayAt): void {
  for (const [, name = ''] of there?.matchAll(/\{([^}]*)\}/g) ?? []) {
    if (!path.params.includes(name)) say(`${path.text} has no {${name}}`, ['to', 'path']);
  }
}

const methodOf = (entry: RouteEntry): Method =>
  (methods.find((method) => entry[method] !== undefined) ?? 'get').toUpperCase() as Method;

/** Names what was perhaps meant: messages of the same service. */
function similarTo(name: string): string {
  const prefix = `${name.split('.')[0]}.`;
  const others = [...messages.values()].filter(
    (message) => message.name.startsWith(prefix) && message.access.by !== 'service',
  );
  return others.length > 0 ? `: there are ${others.map((each) => each.name).join(', ')}` : '';
}
