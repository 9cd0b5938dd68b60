import type { Message } from '@courtside/contracts';
import { Injectable } from '@nestjs/common';
import { DiscoveryService, MetadataScanner, Reflector } from '@nestjs/core';
import { MESSAGE_CONTRACT } from '../messages/handles.js';

/** The contracts that the handlers of this app really carry: read from the running code. */
@Injectable()
export class HandledMessages {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
    private readonly reflector: Reflector,
  ) {}

  all(): Message[] {
    return this.discovery.getControllers().flatMap(({ instance }) => this.of(instance as object));
  }

  private of(controller: object): Message[] {
    const prototype = Object.getPrototypeOf(controller) as Record<string, () => unknown>;
    return this.scanner
      .getAllMethodNames(prototype)
      .map((name) => this.reflector.get<Message | undefined>(MESSAGE_CONTRACT, prototype[name]!))
      .filter((message) => message !== undefined);
  }
}
