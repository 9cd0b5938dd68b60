import { confirmationTopic, confirmersOf, Id, type ServiceName } from '@courtside/contracts';
import { HearsConfirmations } from '@courtside/service';
import { Controller, type Type } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { z } from 'zod';
import { ConfirmedEvents } from './confirmed-events.js';

/** What a subscribing service tells on the topic that is its own: events it need not get again. */
const Confirmation = z.strictObject({
  handled: z
    .array(z.strictObject({ id: Id, sequence: z.string().regex(/^\d{1,18}$/) }))
    .min(1)
    .max(1_000),
});

/** The topic alone says who confirms: the bus lets nobody else write there. */
interface OnTopic {
  readonly pattern: string;
}

/** Hears what became of the events of a publisher, made once for each. */
export function confirmationsController(publisher: ServiceName): Type {
  const groups = new Map(
    confirmersOf(publisher).map((group) => [confirmationTopic(publisher, group), group]),
  );

  @Controller()
  class ConfirmationsController {
    constructor(private readonly events: ConfirmedEvents) {}

    @HearsConfirmations([...groups.keys()])
    confirm(
      @Payload({ schema: Confirmation }) { handled }: z.output<typeof Confirmation>,
      @Ctx() { pattern }: OnTopic,
    ): Promise<void> {
      const group = groups.get(pattern);
      if (!group) throw new Error(`nobody confirms on ${pattern}`);
      return this.events.confirm(group, handled);
    }
  }
  return ConfirmationsController;
}
