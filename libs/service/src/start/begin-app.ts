import type { Server } from 'node:http';
import { TransportServer, type BrokerPort } from '@courtside/transport';
import type { INestApplicationContext, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { HttpClosing } from '../http/http-closing.js';
import { NestLogger } from '../log/nest-logger.js';
import { aroundHandlers } from '../messages/around.js';
import { busObserver, watchServer } from '../operations/bus-metrics.js';
import type { HttpDoor } from './app-definition.js';
import type { Surroundings } from './service.module.js';

/** A request that is under way when its app stops has so long for its answer, milliseconds. */
const FINISH_MS = 25_000;

/** A door, and what has to happen before it opens. */
interface BegunDoor extends HttpDoor {
  readonly opensAfter: Promise<unknown> | undefined;
}

/** An app that is made and reaches nobody yet. */
export interface BegunApp {
  readonly context: INestApplicationContext;
  /** Resolves with the URL of its HTTP door once it takes work. */
  listen(): Promise<string | undefined>;
  close(): Promise<void>;
}

/** An app that others reach over the bus. */
export async function beginOnBus(root: Type, surroundings: Surroundings): Promise<BegunApp> {
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
  return { context, listen, close: () => context.close() };
}

/** The app that others reach over HTTP. */
export async function beginDoor(
  root: Type,
  { adapter, port, host, opensAfter, closingNoticeMs }: BegunDoor,
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
  const closing = new HttpClosing(context.getHttpServer() as Server);
  const times = { noticeMs: closingNoticeMs, finishMs: FINISH_MS };
  return { context, listen, close: () => closing.close(() => context.close(), times) };
}

/** Rejects with what is wrong with it. */
export async function reachable(broker: Pick<BrokerPort, 'health'>): Promise<void> {
  const { up, detail } = await broker.health();
  if (!up) throw new Error(detail);
}
