import type { RouteFault } from './fault.js';
import { readTable, type PlacedAlias, type PlacedRoute, type ReadTable } from './read-table.js';
import { routePath } from './route-path.js';
import { placeOf } from './route.decorator.js';
import type { Route } from './route.js';

export interface RouteFile {
  readonly file: string;
  readonly text: string;
}

/** All routes together, and everything that is wrong with them. */
export interface BuiltRoutes {
  readonly routes: readonly Route[];
  readonly tables: readonly { readonly name: string; readonly revision: string }[];
  readonly faults: readonly RouteFault[];
}

/**
 * Puts the routes of files and of decorated methods into one table, if nothing is wrong with them.
 * @param lackOf says what this gateway lacks to serve a route.
 */
export function buildRoutes(
  files: readonly RouteFile[],
  decorated: readonly Route[],
  lackOf: (route: Route) => string | undefined = () => undefined,
): BuiltRoutes {
  const read = files.map(({ file, text }) => readTable(file, text));
  const taken = new Map<string, string>();
  const faults = [...read.flatMap((table) => table.faults), ...repeatedNames(read)];
  const routes: Route[] = [];
  const take = (route: Route, place: string, fault: PlacedRoute['fault']) => {
    const clash = taken.get(shapeOf(route));
    if (clash === undefined) {
      taken.set(shapeOf(route), `${route.path.text} of ${place}`);
      routes.push(route);
    } else {
      const name = `${route.method} ${route.path.text}`;
      faults.push(fault(`${name} can never match: ${clash} takes the same requests`));
    }
  };
  for (const route of decorated) {
    const place = route.target.kind === 'handler' ? placeOf(route.target) : '';
    take(route, place, (message) => ({ file: place, line: 1, column: 1, message }));
  }
  for (const { file, routes: placed } of read) {
    for (const { route, fault } of placed) {
      const lack = lackOf(route);
      if (lack !== undefined) faults.push(fault(lack));
      take(route, file, fault);
    }
  }
  for (const { file, routes: placed, aliases } of read) {
    for (const alias of aliases) {
      const repeated = aliasRoutes(alias, placed, faults);
      for (const route of repeated) take(route, file, alias.fault);
    }
  }
  faults.push(...deadSuccessors(read, routes));
  return { routes, tables: read.map(({ name, revision }) => ({ name, revision })), faults };
}

const shapeOf = ({ method, path }: Route): string => `${method} ${path.shape}`;

/** A client is sent on to what is there and stays there. */
function deadSuccessors(tables: readonly ReadTable[], routes: readonly Route[]): RouteFault[] {
  const placed = tables.flatMap((table) => table.routes);
  return placed.flatMap(({ route, successorFault }) => {
    const successor = route.deprecation?.successor;
    if (!successor) return [];
    const found = routes.filter(({ path }) => path.shape === successor.shape);
    if (found.length === 0) {
      return [successorFault(`there is no route ${successor.text} to use instead`)];
    }
    const later = found.some(
      ({ deprecation }) => !deprecation || deprecation.sunset > (route.deprecation?.sunset ?? ''),
    );
    return later ? [] : [successorFault(`${successor.text} ends no later than ${route.path.text}`)];
  });
}

function repeatedNames(tables: readonly ReadTable[]): RouteFault[] {
  const seen = new Map<string, string>();
  return tables.flatMap(({ file, name }) => {
    const first = name && seen.get(name);
    if (name) seen.set(name, file);
    if (!first) return [];
    return [{ file, line: 1, column: 1, message: `the name ${name} is taken by ${first}` }];
  });
}

/** The routes that answer under the other prefix too. */
function aliasRoutes(
  alias: PlacedAlias,
  placed: readonly PlacedRoute[],
  faults: RouteFault[],
): Route[] {
  const { prefix, to, only } = alias;
  const matched = new Set<string>();
  const routes = placed.flatMap(({ route }): Route[] => {
    const { text } = route.path;
    if (!text.startsWith(`${to}/`)) return [];
    const rest = text.slice(to.length);
    const first = rest.split('/')[1] ?? '';
    if (only && !only.includes(first)) return [];
    const path = routePath(prefix + rest);
    if (typeof path === 'string') {
      faults.push(alias.fault(path));
      return [];
    }
    matched.add(first);
    return [{ ...route, path, aliasOf: text }];
  });
  for (const name of only ?? ['']) {
    const isUsed = only ? matched.has(name) : matched.size > 0;
    if (!isUsed) faults.push(alias.fault(`no route of this file starts with ${to}/${name}`));
  }
  return routes;
}
