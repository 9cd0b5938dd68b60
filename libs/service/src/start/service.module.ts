import { busServices, type BusService, type ServiceName } from '@courtside/contracts';
import { TransportClient, type BrokerPort } from '@courtside/transport';
import { Module, type DynamicModule } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { Bus } from '../bus/bus.js';
import { MESSAGE_PROOF, type MessageProof } from '../bus/message-proof.js';
import { MountedSettings } from '../config/mounted-settings.js';
import type { ServiceConfig } from '../config/service-config.js';
import type { Logger } from '../log/logger.js';
import { messageParts, problemFilter } from '../messages/message-parts.js';
import { HandledMessages } from '../operations/handled-messages.js';
import { Health } from '../operations/health.js';
import { operationsController } from '../operations/operations.controller.js';
import { CLOCK, systemClock } from '../request/clock.js';
import { BROKER, CONFIG, LOGGER, SERVICE_NAME } from './tokens.js';

export interface Surroundings {
  readonly name: ServiceName;
  readonly config: ServiceConfig;
  readonly logger: Logger;
  readonly health: Health;
  readonly broker: BrokerPort;
  readonly client: TransportClient;
}

/** What is in reach of every provider of an app without importing anything. */
@Module({})
export class ServiceModule {
  static with(surroundings: Surroundings): DynamicModule {
    const { name, config, logger, health, broker, client } = surroundings;
    const onBus = isBusService(name);
    return {
      module: ServiceModule,
      global: true,
      imports: [DiscoveryModule],
      controllers: onBus ? [operationsController(name)] : [],
      providers: [
        { provide: SERVICE_NAME, useValue: name },
        { provide: CONFIG, useValue: config },
        { provide: LOGGER, useValue: logger },
        { provide: BROKER, useValue: broker },
        { provide: CLOCK, useValue: systemClock },
        { provide: Health, useValue: health },
        ...(onBus ? [problemFilter] : []),
        {
          provide: Bus,
          useFactory: (proof: MessageProof) =>
            new Bus(name, client, broker, proof, config.REQUEST_DEADLINE_MS),
          inject: [MESSAGE_PROOF],
        },
        ...messageParts,
        MountedSettings,
      ],
      exports: [
        ...[SERVICE_NAME, CONFIG, LOGGER, BROKER, CLOCK],
        ...[Health, Bus, HandledMessages, MountedSettings],
      ],
    };
  }
}

const isBusService = (name: ServiceName): name is BusService =>
  (busServices as readonly ServiceName[]).includes(name);
