import type { ServiceName } from '@courtside/contracts';
import type { DynamicModule, Type } from '@nestjs/common';
import type { AbstractHttpAdapter } from '@nestjs/core';
import type { z } from 'zod';
import type { ConfigSchema } from '../config/load-config.js';
import type { ServiceConfig } from '../config/service-config.js';

/** How an app that has an HTTP door opens it; all others are reached over the bus only. */
export interface HttpDoor {
  readonly adapter: AbstractHttpAdapter;
  readonly port: number;
  readonly host: string;
}

/** An app: its name, its settings and its module. Everything else is the same for all. */
export interface AppDefinition {
  readonly name: ServiceName;
  readonly config: ConfigSchema;
  module(config: never): Type | DynamicModule;
  http?(config: never): HttpDoor;
}

/**
 * Declares an app. `config` extends `serviceConfig`; `module` gets what the environment gave.
 * @example
 * export const app = defineApp({ name: 'time', config: serviceConfig, module: () => AppModule });
 */
export function defineApp<S extends ConfigSchema>(definition: {
  readonly name: ServiceName;
  readonly config: S & (z.output<S> extends ServiceConfig ? unknown : never);
  module(config: z.output<S>): Type | DynamicModule;
  http?(config: z.output<S>): HttpDoor;
}): AppDefinition {
  return definition as AppDefinition;
}
