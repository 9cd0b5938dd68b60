import { TransportClient } from '@courtside/transport';
import {
  Module,
  type DynamicModule,
  type INestApplicationContext,
  type Type,
} from '@nestjs/common';
import type { DestinationStream } from 'pino';
import { redactedConfig, type Environment } from '../config/load-config.js';
import type { ServiceConfig } from '../config/service-config.js';
import { createLogger } from '../log/logger.js';
import { DeclaredEdges } from '../messages/declared-edges.js';
import { Health } from '../operations/health.js';
import { busObserver, unwatchServer } from '../operations/bus-metrics.js';
import { settingsOf, type AppDefinition } from './app-definition.js';
import { beginDoor, beginOnBus, reachable, type BegunApp } from './begin-app.js';
import { openBus } from './open-bus.js';
import { ServiceModule, type Surroundings } from './service.module.js';

/** One app that runs. */
export interface RunningApp {
  readonly name: string;
  readonly health: Health;
  readonly config: ServiceConfig;
  /** Nest's container, for specs and operations. */
  readonly context: INestApplicationContext;
  /** The URL of its HTTP door, for the app that has one. */
  readonly url: string | undefined;
  /**
   * Says that it is not ready, takes no new work, finishes and acknowledges what it has, leaves, and lets
   * go of everything.
   */
  close(): Promise<void>;
}

export interface StartOptions {
  /** Where log lines go instead of standard output: a spec listens. */
  readonly logTo?: DestinationStream;
  /** An HTTP door opens once this has happened, so that nobody enters before there is an answer. */
  readonly opensAfter?: Promise<unknown>;
}

/** Starts one app from its environment; rejects, with nothing left open, when it cannot. */
export async function startApp(
  app: AppDefinition,
  environment: Environment,
  { logTo, opensAfter }: StartOptions = {},
): Promise<RunningApp> {
  const config = settingsOf(app, environment);
  const logger = createLogger({
    app: app.name,
    level: config.LOG_LEVEL,
    format: config.LOG_FORMAT,
    ...(logTo && { destination: logTo }),
  });
  logger.debug({ config: redactedConfig(app.config, config) }, 'starting with these settings');

  const health = new Health();
  const broker = await openBus(app.name, config, logger);
  health.register('bus', () => reachable(broker));
  const client = new TransportClient({
    broker,
    service: app.name,
    observer: busObserver(app.name),
  });
  const surroundings: Surroundings = { name: app.name, config, logger, health, broker, client };

  const root = rootModule(surroundings, app.module(config as never));
  let begun: BegunApp | undefined;
  const close = async () => {
    health.stopping();
    logger.info('stopping');
    unwatchServer(app.name);
    await begun?.close();
    await client.close();
    await broker.close();
    logger.info('stopped');
  };
  try {
    await client.connect();
    const door = app.http?.(config as never);
    begun = await (door
      ? beginDoor(root, { ...door, opensAfter }, surroundings)
      : beginOnBus(root, surroundings));
    const { context } = begun;
    context.get(DeclaredEdges).demandAll();
    const url = await begun.listen();
    health.started();
    logger.info({ url }, 'ready');
    return { name: app.name, health, config, context, url, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function rootModule(surroundings: Surroundings, app: Type | DynamicModule): Type {
  @Module({ imports: [ServiceModule.with(surroundings), app] })
  class RootModule {}
  return RootModule;
}
