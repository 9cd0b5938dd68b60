import {
  operations,
  type BusService,
  type Message,
  type MessageDescription,
  type Output,
} from '@courtside/contracts';
import { Controller, type Type } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { Handles } from '../messages/handles.js';
import { Health } from './health.js';
import { HandledMessages } from './handled-messages.js';

/** What every service on the bus answers for operations, made once for each of them. */
export function operationsController(service: BusService): Type {
  const { smoke, describe } = operations[service];

  @Controller()
  class OperationsController {
    constructor(
      private readonly health: Health,
      private readonly handled: HandledMessages,
    ) {}

    @Handles(smoke)
    async smoke(@Payload({ schema: smoke.input }) _input: object): Promise<Output<typeof smoke>> {
      return { checks: await this.health.run() };
    }

    @Handles(describe)
    describe(@Payload({ schema: describe.input }) _input: object): Output<typeof describe> {
      return { messages: this.handled.all().map(description) };
    }
  }
  return OperationsController;
}

function description(message: Message): MessageDescription {
  return {
    name: message.name,
    effect: message.effect,
    summary: message.summary,
    input: message.input.toJSONSchema({ io: 'input' }) as Record<string, unknown>,
    output: message.output.toJSONSchema({ io: 'output' }) as Record<string, unknown>,
  };
}
