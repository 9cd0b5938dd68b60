import type { Message } from '@courtside/contracts';
import {
  anonymous,
  currentRequest,
  metadataKeys,
  type MessageProof,
  type Metadata,
} from '@courtside/service';
import type { AssertionMint } from './assertion.js';
import type { CallerProofs } from './caller-proof.js';

/** The gateway's proof: an assertion of the user it verified at the edge. */
export class GatewayProof implements MessageProof {
  constructor(private readonly assertions: AssertionMint) {}

  metadataFor(message: Message, body: string): Metadata {
    const identity = currentRequest()?.identity ?? anonymous;
    const assertion = message.guards
      ? this.assertions.mintOnce(identity, message, body)
      : this.assertions.mint(identity, message.service);
    return { [metadataKeys.assertion]: assertion };
  }
}

/** A service's proof: the assertion it was asked with, and its own signature over it. */
export class ServiceProof implements MessageProof {
  constructor(private readonly callers: CallerProofs) {}

  metadataFor(message: Message, body: string): Metadata {
    const assertion = currentRequest()?.metadata[metadataKeys.assertion] ?? '';
    const caller = message.guards
      ? this.callers.proofOnce(assertion, message, body)
      : this.callers.proofFor(assertion, message.service);
    return {
      ...(assertion && { [metadataKeys.assertion]: assertion }),
      [metadataKeys.caller]: caller,
    };
  }
}
