import { BROKER } from '@courtside/service';
import type { BrokerPort } from '@courtside/transport';
import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { SessionAccesses } from './session-access.js';

/**
 * While the bus is out of reach nobody tells this process what changed. What it remembers of sessions
 * goes at once: whoever asks meanwhile waits for the bus, and then for what auth says now.
 */
@Injectable()
export class CutOff implements OnModuleInit, OnApplicationShutdown {
  private stop: () => void = () => undefined;

  constructor(
    @Inject(BROKER) private readonly broker: BrokerPort,
    private readonly sessions: SessionAccesses,
  ) {}

  onModuleInit(): void {
    this.stop = this.broker.onStatus((status) => {
      if (status !== 'connected') this.sessions.dropAll();
    });
  }

  onApplicationShutdown(): void {
    this.stop();
  }
}
