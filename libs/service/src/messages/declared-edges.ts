import {
  undeclared,
  type EventContract,
  type Message,
  type ServiceName,
} from '@courtside/contracts';
import { Inject, Injectable } from '@nestjs/common';
import { SERVICE_NAME } from '../start/tokens.js';
import { EVENT_CONTRACT, MESSAGE_CONTRACT } from './handles.js';
import { HEARS_CHANNEL } from './hears.js';
import { MarkedMethods } from './marked-methods.js';
import { StartError } from '../start/start-error.js';

/** An app whose code does what topology.yaml does not say. The message lists every fault. */
export class UndeclaredEdgesError extends StartError {
  override readonly name = 'UndeclaredEdgesError';

  constructor(app: ServiceName, faults: readonly string[]) {
    super(`${app} cannot start, its code does what is not declared:\n  ${faults.join('\n  ')}`);
  }
}

/** Holds what the code of this app handles and hears against topology.yaml. */
@Injectable()
export class DeclaredEdges {
  constructor(
    @Inject(SERVICE_NAME) private readonly app: ServiceName,
    private readonly marked: MarkedMethods,
  ) {}

  /** @throws UndeclaredEdgesError naming all of them at once. */
  demandAll(): void {
    const faults = [...this.foreignMessages(), ...this.undeclaredListening()];
    if (faults.length > 0) throw new UndeclaredEdgesError(this.app, faults);
  }

  private foreignMessages(): string[] {
    return this.marked
      .with<Message>(MESSAGE_CONTRACT)
      .filter(({ value }) => value.service !== this.app)
      .map(
        ({ name, value }) =>
          `${name} handles ${value.name}, a message of ${value.service}: nobody would ask ${this.app} for it`,
      );
  }

  private undeclaredListening(): string[] {
    const events = this.marked
      .with<EventContract>(EVENT_CONTRACT)
      .map(({ name, value }) => ({ name, fault: undeclared(this.app, 'subscribes', value.name) }));
    const channels = this.marked
      .with<string>(HEARS_CHANNEL)
      .map(({ name, value }) => ({ name, fault: undeclared(this.app, 'hears', value) }));
    return [...events, ...channels].flatMap(({ name, fault }) =>
      fault === undefined ? [] : [`${name}: ${fault}`],
    );
  }
}
