import type { ServiceName } from '@courtside/contracts';
import type { DynamicModule, Type } from '@nestjs/common';
import type { AbstractHttpAdapter } from '@nestjs/core';
import type { z } from 'zod';
import {
  ConfigError,
  loadConfig,
  type ConfigSchema,
  type Environment,
} from '../config/load-config.js';
import type { ServiceConfig } from '../config/service-config.js';
import type { Logger } from '../log/logger.js';

/** How an app that has an HTTP door opens it; all others are reached over the bus only. */
export interface HttpDoor {
  readonly adapter: AbstractHttpAdapter;
  readonly port: number;
  readonly host: string;
  /** How long clients are told that their connections end, milliseconds: see `HttpClosing`. */
  readonly closingNoticeMs: number;
}

/** An app: its name, its settings and its module. Everything else is the same for all. */
export interface AppDefinition {
  readonly name: ServiceName;
  readonly config: ConfigSchema;
  module(config: never): Type | DynamicModule;
  http?(config: never): HttpDoor;
  /** Brings its database up to date and lets go of it: `node main.js migrate`. */
  migrate?(config: never, logger: Logger): Promise<void>;
}

/**
 * Declares an app. `config` extends `serviceConfig`; `module` gets what the environment gave;
 * `migrate` is for an app with a database.
 * @example
 * export const app = defineApp({ name: 'time', config: serviceConfig, module: () => AppModule });
 */
export function defineApp<S extends ConfigSchema>(definition: {
  readonly name: ServiceName;
  readonly config: S & (z.output<S> extends ServiceConfig ? unknown : never);
  module(config: z.output<S>): Type | DynamicModule;
  http?(config: z.output<S>): HttpDoor;
  migrate?(config: z.output<S>, logger: Logger): Promise<void>;
}): AppDefinition {
  return definition as AppDefinition;
}

/**
 * What an app runs with.
 * @throws ConfigError naming every fault.
 */
export function settingsOf(app: AppDefinition, environment: Environment): ServiceConfig {
  const config = loadConfig(app.name, app.config, environment) as ServiceConfig;
  // What suits a laptop and nothing else.
  if (config.NODE_ENV === 'production' && config.REDIS_URL.startsWith('memory:')) {
    throw new ConfigError(
      'REDIS_URL=memory: loses messages with the process: refused in production',
    );
  }
  return config;
}
