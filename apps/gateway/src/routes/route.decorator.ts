import type { Permission, Role } from '@courtside/contracts';
import type { Type } from '@nestjs/common';
import { routePath } from './route-path.js';
import {
  BODY_BYTES_MAX_DEFAULT,
  TIMEOUT_MS_DEFAULT,
  type Method,
  type Route as TableRoute,
} from './route.js';

/** A route that a method of the gateway answers. The same as a YAML route says, without a target. */
export interface RouteOptions {
  readonly method: Method;
  readonly path: string;
  readonly auth: 'none' | 'user';
  /** Any of these roles is enough; everyone when not given. */
  readonly roles?: readonly Role[];
  readonly permission?: Permission;
  readonly summary: string;
}

const ROUTE = Symbol('route');

/**
 * Serves a path by a method of a gateway controller. It enters the same table as the YAML routes:
 * the same authentication, documents and check; a clash between the two is refused at load.
 * @example
 * @Route({ method: 'GET', path: '/livez', auth: 'none', summary: 'Whether the process lives' })
 * livez(): Answer { … }
 */
export const Route =
  (options: RouteOptions): MethodDecorator =>
  (_prototype, _name, descriptor) => {
    Reflect.defineMetadata(ROUTE, options, descriptor.value as object);
  };

/** The routes of a controller: of its class when no instance is at hand, which only a check can do. */
export function decoratedRoutes(
  controller: Type,
  instance: object = controller.prototype,
): TableRoute[] {
  const prototype = controller.prototype as Record<string, unknown>;
  return Object.getOwnPropertyNames(prototype).flatMap((handler) => {
    const method = prototype[handler];
    if (typeof method !== 'function') return [];
    const options = Reflect.getMetadata(ROUTE, method) as RouteOptions | undefined;
    return options ? [routeOf(options, { controller: instance, handler })] : [];
  });
}

/** Where a decorated route stands, for a person. */
export const placeOf = (target: { controller: object; handler: string }): string =>
  `@Route of ${target.controller.constructor.name}.${target.handler}`;

function routeOf(
  options: RouteOptions,
  target: { controller: object; handler: string },
): TableRoute {
  const path = routePath(options.path);
  if (typeof path === 'string') throw new Error(`${placeOf(target)}: ${path}`);
  return {
    method: options.method,
    path,
    auth: options.auth,
    summary: options.summary,
    timeoutMs: TIMEOUT_MS_DEFAULT,
    bodyBytesMax: BODY_BYTES_MAX_DEFAULT,
    idempotency: undefined,
    precondition: undefined,
    target: {
      kind: 'handler',
      ...target,
      roles: options.roles ?? [],
      permission: options.permission,
    },
    deprecation: undefined,
    aliasOf: undefined,
  };
}
