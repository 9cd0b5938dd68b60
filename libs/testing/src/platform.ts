import type { Message, Output, ServiceName } from '@courtside/contracts';
import { AssertionMint, GatewayProof, signingKey } from '@courtside/identity';
import {
  anonymous,
  Bus,
  fixed,
  inRequest,
  newId,
  startApp,
  systemClock,
  type AppDefinition,
  type Environment,
  type Identity,
  type Metadata,
  type RunningApp,
} from '@courtside/service';
import { openBroker, TransportClient, type BrokerPort } from '@courtside/transport';
import type { z } from 'zod';
import { aBus, type TestBus } from './bus.js';
import { aDatabase, type TestDatabase } from './databases.js';
import { testKeys, type TestKeys } from './keys.js';

/** How long a spec waits for an answer, milliseconds. */
const DEADLINE_MS = 5_000;

export interface PlatformOptions {
  /** Settings of single apps, over those that every app gets. */
  readonly env?: Readonly<Partial<Record<ServiceName, Environment>>>;
  /** The bus; `TEST_REDIS_URL` when not given. */
  readonly redisUrl?: string;
  /** The server of the database; `TEST_DATABASE_URL` when not given. */
  readonly databaseUrl?: string;
  /** For a spec that provokes it: the access list of the bus may refuse something. */
  readonly isDenied?: boolean;
}

export interface AskOptions {
  /** On whose behalf; nobody's when not given. */
  readonly as?: Identity;
  readonly metadata?: Metadata;
  readonly deadlineMs?: number;
  /** Calls the request off: nobody waits for the answer any more. */
  readonly signal?: AbortSignal;
}

/** Apps that run in this process on a real database and a real bus of their own. */
export class TestPlatform {
  readonly running = new Map<ServiceName, RunningApp>();
  /** Every line that any of the apps logged. */
  readonly logLines: string[] = [];

  constructor(
    readonly database: TestDatabase,
    readonly keys: TestKeys,
    readonly bus: TestBus,
    private readonly options: PlatformOptions,
    readonly asker: { bus: Bus; client: TransportClient; broker: BrokerPort },
  ) {}

  /** What the environment of an app is, as the launcher would make it. */
  environmentOf(service: ServiceName): Environment {
    return {
      NODE_ENV: 'test',
      LOG_LEVEL: 'debug',
      ADMIN_PORT: '0',
      PORT: '0',
      REDIS_URL: this.bus.urlOf(service),
      BUS_PREFIX: this.bus.prefix,
      DATABASE_URL: this.database.urlOf(service),
      SERVICE_KEY: this.keys.serviceKey[service],
      SERVICE_JWKS: this.keys.serviceJwks,
      TOKEN_KEYS: this.keys.tokenKeys,
      TOKEN_JWKS: this.keys.tokenJwks,
      ...this.options.env?.[service],
    };
  }

  async start(app: AppDefinition): Promise<RunningApp> {
    const write = (line: string) => void this.logLines.push(line);
    const running = await startApp(app, this.environmentOf(app.name), { logTo: { write } });
    this.running.set(app.name, running);
    return running;
  }

  async stop(service: ServiceName): Promise<void> {
    await this.running.get(service)?.close();
    this.running.delete(service);
  }

  /** Asks a service over the bus as the gateway would. Rejects with a `Problem`. */
  ask<M extends Message>(
    message: M,
    input: z.input<M['input']>,
    { as = anonymous, metadata, deadlineMs = DEADLINE_MS, signal }: AskOptions = {},
  ): Promise<Output<M>> {
    const request = {
      requestId: newId(),
      traceparent: '',
      deadline: Date.now() + deadlineMs,
      metadata: {},
      identity: as,
    };
    return inRequest(request, () =>
      this.asker.bus.request(message, input, {
        deadlineMs,
        ...(metadata && { metadata }),
        ...(signal && { signal }),
      }),
    );
  }

  /** @throws Error when something was refused that an app needs: topology and code disagree. */
  async close(): Promise<void> {
    await Promise.all([...this.running.keys()].map((service) => this.stop(service)));
    await this.asker.client.close();
    await this.asker.broker.close();
    const denied = await this.bus.denied();
    await this.bus.remove();
    await this.database.drop();
    if (denied.length === 0 || this.options.isDenied) return;
    throw new Error(`the access list of the bus refused ${JSON.stringify(denied)}`);
  }
}

/** Starts apps, all at once, on an empty database and an empty bus. */
export async function aPlatform(
  apps: readonly AppDefinition[],
  options: PlatformOptions = {},
): Promise<TestPlatform> {
  const keys = testKeys();
  const database = await aDatabase(options.databaseUrl);
  const bus = await aBus(options.redisUrl);
  const name = 'gateway';
  const broker = openBroker(bus.urlOf(name), { prefix: bus.prefix, service: name });
  await broker.connect();
  const client = new TransportClient({ broker, service: name });
  await client.connect();
  const mint = new AssertionMint(fixed(signingKey(keys.serviceKey.gateway)), systemClock);
  const asker = new Bus(name, client, broker, new GatewayProof(mint), DEADLINE_MS);
  const platform = new TestPlatform(database, keys, bus, options, { bus: asker, client, broker });
  const started = await Promise.allSettled(apps.map((app) => platform.start(app)));
  const failed = started.find((result) => result.status === 'rejected');
  if (failed) {
    await platform.close();
    throw failed.reason;
  }
  return platform;
}
