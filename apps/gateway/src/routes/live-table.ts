import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CONFIG, gauge, LOGGER, type Logger } from '@courtside/service';
import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import type { GatewayConfig } from '../config.js';
import { buildRoutes, type RouteFile } from './build-routes.js';
import { DiscoveredRoutes } from './discovered-routes.js';
import { faultText, RouteTableError } from './fault.js';
import { RoutingTable } from './routing-table.js';
import { RouteServer } from './route-server.js';
import { watchFolder } from './watch-folder.js';

/** The table that answers now; replaced as a whole when a route file changes. */
@Injectable()
export class LiveTable implements OnModuleInit, OnApplicationShutdown {
  private current = new RoutingTable([]);
  private texts = '';
  private stopWatching: () => void = () => undefined;
  private readonly revision = gauge({
    name: 'gateway_route_table',
    help: 'Routes of each table that is served, by name and revision',
    labelNames: ['table', 'revision'],
  });

  constructor(
    @Inject(CONFIG) private readonly config: GatewayConfig,
    @Inject(LOGGER) private readonly logger: Logger,
    private readonly discovered: DiscoveredRoutes,
    private readonly server: RouteServer,
  ) {}

  get table(): RoutingTable {
    return this.current;
  }

  /** @throws RouteTableError when what stands in the folder cannot be served. */
  async onModuleInit(): Promise<void> {
    this.load(await readRouteFiles(this.config.ROUTES_DIR));
    this.stopWatching = watchFolder(this.config.ROUTES_DIR, () => this.reload());
  }

  onApplicationShutdown(): void {
    this.stopWatching();
  }

  /** Serves what the files say now; with a fault in them the old table stays. */
  private async reload(): Promise<void> {
    try {
      const files = await readRouteFiles(this.config.ROUTES_DIR);
      if (JSON.stringify(files) === this.texts) return;
      this.load(files);
    } catch (error) {
      const faults = error instanceof RouteTableError ? error.faults.map(faultText) : undefined;
      this.logger.error(
        faults ? { faults } : { err: error },
        'the edited routes are not usable: the old ones stay',
      );
    }
  }

  private load(files: readonly RouteFile[]): void {
    this.texts = JSON.stringify(files);
    const { routes, tables, faults } = buildRoutes(files, this.discovered.all());
    if (faults.length > 0) throw new RouteTableError(faults);
    this.current = new RoutingTable(routes.map((route) => this.server.bind(route)));
    this.revision.reset();
    for (const { name, revision } of tables) {
      this.revision.set({ table: name, revision }, routes.length);
    }
    this.logger.info({ tables, routes: routes.length }, 'serving these routes');
  }
}

/** Every `*.yaml` file of the folder, in the order of their names. */
async function readRouteFiles(folder: string): Promise<RouteFile[]> {
  const names = (await readdir(folder)).filter((name) => /\.ya?ml$/.test(name)).sort();
  if (names.length === 0) throw new Error(`there is no route table (*.yaml) in ${folder}`);
  return Promise.all(
    names.map(async (name) => ({ file: name, text: await readFile(join(folder, name), 'utf8') })),
  );
}
