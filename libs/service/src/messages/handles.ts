import { applyDecorators, SetMetadata } from '@nestjs/common';
import { MessagePattern } from '@nestjs/microservices';
import type { Message } from '@courtside/contracts';

/** Where a handler keeps its contract, for the guards and for the description of the service. */
export const MESSAGE_CONTRACT = 'courtside:message';

/** Marks the method that answers a message; the guard then enforces the contract's access. */
export const Handles = (message: Message): MethodDecorator =>
  applyDecorators(MessagePattern(message.name), SetMetadata(MESSAGE_CONTRACT, message));
