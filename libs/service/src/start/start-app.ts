import { TransportClient, TransportServer, type BrokerPort } from '@courtside/transport';
import {
  Module,
  type DynamicModule,
  type INestApplicationContext,
  type Type,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { DestinationStream } from 'pino';
import { redactedConfig, type Environment } from '../config/load-config.js';
import type { ServiceConfig } from '../config/service-config.js';
import { createLogger } from '../log/logger.js';
import { NestLogger } from '../log/nest-logger.js';
import { aroundHandlers } from '../messages/around.js';
import { DeclaredEdges } from '../messages/declared-edges.js';
import { Health } from '../operations/health.js';
import { busObserver, unwatchServer, watchServer } from '../operations/bus-metrics.js';
import { settingsOf, type AppDefinition, type HttpDoor } from './app-definition.js';
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
  /** Takes no new work, finishes what it has, then lets go of everything. */
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
  let context: INestApplicationContext | undefined;
  const close = async () => {
    health.stopping();
    unwatchServer(app.name);
    await context?.close();
    await client.close();
    await broker.close();
    logger.info('stopped');
  };
  try {
    await client.connect();
    const door = app.http?.(config as never);
    const begun = await (door
      ? beginDoor(root, { ...door, opensAfter }, surroundings)
      : beginOnBus(root, surroundings));
    context = begun.context;
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

/** An app that is made and reaches nobody yet. */
interface BegunApp {
  readonly context: INestApplicationContext;
  /** Resolves with the URL of its HTTP door once it takes work. */
  listen(): Promise<string | undefined>;
}

/** An app that others reach over the bus. */
async function beginOnBus(root: Type, surroundings: Surroundings): Promise<BegunApp> {
  const { name, broker, logger, health } = surroundings;
  const around = aroundHandlers({ app: name, logger });
  const observer = busObserver(name);
  const strategy = new TransportServer({ broker, service: name, around, observer });
  const context = await NestFactory.createMicroservice(root, {
    strategy,
    logger: new NestLogger(logger),
    abortOnError: false,
  });
  const listen = async () => {
    await context.listen();
    watchServer(name, strategy);
    // Now also whether the bus hears of this replica.
    health.register('bus', () => reachable(strategy));
    return undefined;
  };
  return { context, listen };
}

/** The app that others reach over HTTP. */
async function beginDoor(
  root: Type,
  { adapter, port, host, opensAfter }: HttpDoor & Pick<StartOptions, 'opensAfter'>,
  { logger }: Surroundings,
): Promise<BegunApp> {
  const context = await NestFactory.create(root, adapter, {
    logger: new NestLogger(logger),
    abortOnError: false,
  });
  const listen = async () => {
    await context.init();
    await opensAfter;
    await context.listen(port, host);
    return context.getUrl();
  };
  return { context, listen };
}

function rootModule(surroundings: Surroundings, app: Type | DynamicModule): Type {
  @Module({ imports: [ServiceModule.with(surroundings), app] })
  class RootModule {}
  return RootModule;
}

async function reachable(broker: Pick<BrokerPort, 'health'>): Promise<void> {
  const { up, detail } = await broker.health();
  if (!up) throw new Error(detail);
}
