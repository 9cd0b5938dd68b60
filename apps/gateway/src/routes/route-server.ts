import { Problem } from '@courtside/contracts';
import { Bus, CLOCK, type Clock } from '@courtside/service';
import { Inject, Injectable } from '@nestjs/common';
import { Authenticator } from '../auth/authenticator.js';
import type { Exchange } from '../http/exchange.js';
import type { Answer } from '../http/answer.js';
import { Upstreams } from '../upstream/upstreams.js';
import { filledPath, isGone, type Deprecation } from './deprecation.js';
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
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** What this gateway lacks to serve a route, as a sentence. */
  lackOf(route: Route): string | undefined {
    return this.upstreams.lackOf(route);
  }

  /** @throws Error when something is lacking. */
  bind(route: Route): ServedRoute {
    const { auth, deprecation } = route;
    const target = this.serveTarget(route);
    const serve = auth === 'none' ? target : this.forUsers(target);
    return { route, serve: deprecation?.gone ? this.untilSunset(deprecation, serve) : serve };
  }

  private forUsers(serve: Serve): Serve {
    return async (exchange) => {
      const user = await this.authenticator.userOf(exchange.request.headers);
      exchange.user = user;
      exchange.context.identity = user;
      return serve(exchange);
    };
  }

  /** From the sunset on nobody is served, and nobody needs a token to be told so. */
  private untilSunset(deprecation: Deprecation, serve: Serve): Serve {
    const { sunset, successor, docs } = deprecation;
    return async (exchange) => {
      if (!isGone(deprecation, this.clock.now())) return serve(exchange);
      const next = successor ? filledPath(successor, exchange.matched.params) : docs;
      throw new Problem('request.version-gone', `it ended on ${sunset}: see ${next}`);
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
