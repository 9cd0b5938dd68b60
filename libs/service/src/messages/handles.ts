import { applyDecorators, SetMetadata } from '@nestjs/common';
import type { EventContract, Message } from '@courtside/contracts';
import { EventPattern, MessagePattern } from '@nestjs/microservices';

/** Where a handler keeps its contract, for the guards and for the description of the service. */
export const MESSAGE_CONTRACT = 'courtside:message';

/** Marks the method that answers a message; the guard then enforces the contract's access. */
export const Handles = (message: Message): MethodDecorator =>
  applyDecorators(MessagePattern(message.name), SetMetadata(MESSAGE_CONTRACT, message));

/** Marks the one handler of an app that hears which of its events were handled. */
export const CONFIRMATIONS = 'courtside:confirmations';

/** Marks the method that hears what subscribers have handled, on the topic of each of them. */
export const HearsConfirmations = (topics: readonly string[]): MethodDecorator =>
  applyDecorators(EventPattern([...topics]) as MethodDecorator, SetMetadata(CONFIRMATIONS, true));

/** Where a handler keeps the contract of the event it handles. */
export const EVENT_CONTRACT = 'courtside:event';

/**
 * Marks a method that handles an event: run at least once for each, so what it does goes through the
 * inbox. `@Payload({ schema: event.envelope })` gives it the whole CloudEvent.
 */
export const Subscribes = (event: EventContract): MethodDecorator =>
  applyDecorators(
    // Nest types it for handlers of (data, ...) alone; the payload is typed by its schema here.
    EventPattern(event.name) as MethodDecorator,
    SetMetadata(EVENT_CONTRACT, event),
  );
