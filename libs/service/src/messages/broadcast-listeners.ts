import type { BrokerPort, Unsubscribe } from '@courtside/transport';
import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import type { Logger } from '../log/logger.js';
import { BROKER, LOGGER } from '../start/tokens.js';
import { HEARS_CHANNEL } from './hears.js';
import { MarkedMethods } from './marked-methods.js';

/** Connects the methods marked `@Hears` with the bus, before the app takes work. */
@Injectable()
export class BroadcastListeners implements OnModuleInit, OnApplicationShutdown {
  private readonly unsubscribes: Unsubscribe[] = [];

  constructor(
    @Inject(BROKER) private readonly broker: BrokerPort,
    @Inject(LOGGER) private readonly logger: Logger,
    private readonly marked: MarkedMethods,
  ) {}

  async onModuleInit(): Promise<void> {
    for (const { name, value: channel, call } of this.marked.with<string>(HEARS_CHANNEL)) {
      const hear = (text: string | undefined) => {
        try {
          call(text);
        } catch (error) {
          this.logger.error({ err: error, listener: name, channel }, 'a listener failed');
        }
      };
      const onGap = () => hear(undefined);
      this.unsubscribes.push(await this.broker.onBroadcast(channel, hear, onGap));
    }
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all(this.unsubscribes.map((unsubscribe) => unsubscribe()));
  }
}
