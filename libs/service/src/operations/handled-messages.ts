import type { Message } from '@courtside/contracts';
import { Injectable } from '@nestjs/common';
import { MESSAGE_CONTRACT } from '../messages/handles.js';
import { MarkedMethods } from '../messages/marked-methods.js';

/** The contracts that the handlers of this app really carry: read from the running code. */
@Injectable()
export class HandledMessages {
  constructor(private readonly marked: MarkedMethods) {}

  all(): Message[] {
    return this.marked.with<Message>(MESSAGE_CONTRACT).map(({ value }) => value);
  }
}
