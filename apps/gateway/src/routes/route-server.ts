import { Bus } from '@courtside/service';
import { Injectable } from '@nestjs/common';
import { Authenticator } from '../auth/authenticator.js';
import type { Exchange } from '../http/exchange.js';
import type { Answer } from '../http/answer.js';
import { Upstreams } from '../upstream/upstreams.js';
import type { Route } from './route.js';
import type { ServedRoute } from './routing-table.js';
import { serveHandler } from './serve-handler.js';
import { serveMessage } from './serve-message.js';

type Serve = (exchange: Exchange) => Promise<Answer>;

/** Makes the one closure that answers a route: all decisions a request does not change are made here. */
@Injectable()
export class RouteServer {
  constructor(
    private readonly bus: Bus,
    private readonly authenticator: Authenticator,
    private readonly upstreams: Upstreams,
  ) {}

  /** @throws Error when the route needs an upstream whose setting is missing. */
  bind(route: Route): ServedRoute {
    const serve = this.serveTarget(route);
    if (route.auth === 'none') return { route, serve };
    return {
      route,
      serve: async (exchange) => {
        const user = await this.authenticator.userOf(exchange.request.headers);
        exchange.user = user;
        exchange.context.identity = user;
        return serve(exchange);
      },
    };
  }

  private serveTarget(route: Route): Serve {
    const { target } = route;
    switch (target.kind) {
      case 'message':
        return serveMessage(route, target, this.bus);
      case 'handler':
        return serveHandler(target);
      case 'upstream':
        return this.upstreams.serve(route, target);
    }
  }
}
