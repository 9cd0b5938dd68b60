import type { RouteFile } from '../routes/build-routes.js';
import type { RouteFault } from '../routes/fault.js';

/** What became of route files that were handed over. */
export type Verdict =
  | { readonly kind: 'served' }
  /** They say what is served, or was refused, already. */
  | { readonly kind: 'unchanged' }
  /** What was served before still is. */
  | { readonly kind: 'refused'; readonly faults: readonly RouteFault[] };

/** Takes all route files there are at one moment. */
export type TakeFiles = (files: readonly RouteFile[]) => Verdict;

/** Where route files come from: a folder, or ConfigMaps of a cluster. */
export interface RouteSource {
  /**
   * Hands over the files that are there, and whatever they become from then on.
   * @returns what became of the first ones.
   * @throws Error when there are none, or they cannot be read.
   */
  start(take: TakeFiles): Promise<Verdict>;
  stop(): Promise<void>;
}

/** Injection token of the route source. */
export const ROUTE_SOURCE = Symbol('route source');

/** The names of files that hold routes, in a folder as in a ConfigMap. */
export const isRouteFile = (name: string): boolean => /\.ya?ml$/.test(name);
