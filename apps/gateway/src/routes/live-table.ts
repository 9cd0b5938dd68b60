import { gauge, LOGGER, type Logger } from '@courtside/service';
import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { ROUTE_SOURCE, type RouteSource, type Verdict } from '../route-files/route-source.js';
import { buildRoutes, type RouteFile } from './build-routes.js';
import { DiscoveredRoutes } from './discovered-routes.js';
import { faultText, RouteTableError } from './fault.js';
import { RoutingTable } from './routing-table.js';
import { RouteServer } from './route-server.js';

/** The table that answers now; replaced as a whole when a route file changes. */
@Injectable()
export class LiveTable implements OnModuleInit, OnApplicationShutdown {
  private current = new RoutingTable([]);
  private texts = '';
  private isServing = false;
  private readonly revision = gauge({
    name: 'gateway_route_table',
    help: 'Routes of each table that is served, by name and revision',
    labelNames: ['table', 'revision'],
  });
  private readonly isRefused = gauge({
    name: 'gateway_routes_refused',
    help: 'Whether the route files as they are now were refused, 0 or 1',
    labelNames: [],
  });

  constructor(
    @Inject(ROUTE_SOURCE) private readonly source: RouteSource,
    @Inject(LOGGER) private readonly logger: Logger,
    private readonly discovered: DiscoveredRoutes,
    private readonly server: RouteServer,
  ) {}

  get table(): RoutingTable {
    return this.current;
  }

  /** @throws RouteTableError when what the source has cannot be served. */
  async onModuleInit(): Promise<void> {
    const verdict = await this.source.start((files) => this.take(files));
    if (verdict.kind === 'refused') throw new RouteTableError(verdict.faults);
    this.isServing = true;
  }

  async onApplicationShutdown(): Promise<void> {
    await this.source.stop();
  }

  /** Serves what the files say now; with a fault in them the old table stays. */
  private take(files: readonly RouteFile[]): Verdict {
    const texts = JSON.stringify(files);
    if (texts === this.texts) return { kind: 'unchanged' };
    this.texts = texts;
    const { routes, tables, faults } = buildRoutes(files, this.discovered.all(), (route) =>
      this.server.lackOf(route),
    );
    this.isRefused.set(faults.length > 0 ? 1 : 0);
    if (faults.length > 0) {
      const said = 'the edited routes are not usable: the old ones stay';
      if (this.isServing) this.logger.error({ faults: faults.map(faultText) }, said);
      return { kind: 'refused', faults };
    }
    this.current = new RoutingTable(routes.map((route) => this.server.bind(route)));
    this.revision.reset();
    for (const { name, revision } of tables) {
      this.revision.set({ table: name, revision }, routes.length);
    }
    this.logger.info({ tables, routes: routes.length }, 'serving these routes');
    return { kind: 'served' };
  }
}
