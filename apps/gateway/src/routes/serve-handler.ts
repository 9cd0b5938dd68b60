import { Problem } from '@courtside/contracts';
import type { UserIdentity } from '@courtside/service';
import type { Answer } from '../http/answer.js';
import type { Exchange } from '../http/exchange.js';
import type { HandlerTarget } from './route.js';

type Handler = (exchange: Exchange) => Promise<Answer> | Answer;

/** Answers by a method of the gateway itself, for whoever may. */
export function serveHandler(target: HandlerTarget): (exchange: Exchange) => Promise<Answer> {
  const { controller, handler, roles, permission } = target;
  const method = (controller as Record<string, Handler>)[handler]!;
  return async (exchange) => {
    if (exchange.user) checkAccess(exchange.user, { roles, permission });
    return method.call(controller, exchange);
  };
}

function checkAccess(
  user: UserIdentity,
  { roles, permission }: Pick<HandlerTarget, 'roles' | 'permission'>,
): void {
  if (roles.length > 0 && !roles.some((role) => user.roles.includes(role))) {
    throw new Problem('access.denied', `this needs the role ${roles.join(' or ')}`);
  }
  if (permission && !user.permissions.includes(permission)) {
    throw new Problem('access.denied', `this needs the permission ${permission}`);
  }
}
