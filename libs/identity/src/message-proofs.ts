import type { ServiceName } from '@courtside/contracts';
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

  metadataFor(target: ServiceName): Metadata {
    const identity = currentRequest()?.identity ?? anonymous;
    return { [metadataKeys.assertion]: this.assertions.mint(identity, target) };
  }
}

/** A service's proof: the assertion it was asked with, and its own signature over it. */
export class ServiceProof implements MessageProof {
  constructor(private readonly callers: CallerProofs) {}

  metadataFor(target: ServiceName): Metadata {
    const assertion = currentRequest()?.metadata[metadataKeys.assertion] ?? '';
    return {
      ...(assertion && { [metadataKeys.assertion]: assertion }),
      [metadataKeys.caller]: this.callers.proofFor(assertion, target),
    };
  }
}
