import type { ServiceName } from '@courtside/contracts';
import {
  anonymous,
  metadataKeys,
  type Clock,
  type Identity,
  type Metadata,
} from '@courtside/service';
import { LRUCache } from 'lru-cache';
import { readAssertion } from './assertion.js';
import { readCallerProof } from './caller-proof.js';
import type { VerificationKeys } from './keys.js';

/** Verdicts that are kept under the exact bytes of what was verified. */
const KEPT_MAX = 20_000;

/** Who asks, and which app sent the message. */
export interface Verdict {
  readonly identity: Identity;
  readonly caller: ServiceName;
}

interface KeptVerdict extends Verdict {
  readonly expiresAt: number;
}

/**
 * Decides who a message comes from. Genuine are: the gateway's assertion made for this service; an
 * assertion that the calling service got itself, with that service's own proof over it; and a
 * service's proof alone, for what it asks on nobody's behalf.
 */
export class IdentityVerifier {
  private readonly kept = new LRUCache<string, KeptVerdict>({ max: KEPT_MAX });

  constructor(
    private readonly service: ServiceName,
    private readonly keys: VerificationKeys,
    private readonly clock: Clock,
  ) {}

  /** Undefined when the proof is missing, forged, expired or meant for another service. */
  verify(metadata: Metadata): Verdict | undefined {
    const assertion = metadata[metadataKeys.assertion] ?? '';
    const caller = metadata[metadataKeys.caller] ?? '';
    const bytes = `${assertion} ${caller}`;
    let verdict = this.kept.get(bytes);
    if (!verdict) {
      verdict = caller ? this.throughCaller(assertion, caller) : this.fromGateway(assertion);
      if (!verdict) return undefined;
      this.kept.set(bytes, verdict);
    }
    return verdict.expiresAt > this.clock.now() ? verdict : undefined;
  }

  private fromGateway(token: string): KeptVerdict | undefined {
    const assertion = readAssertion(token, this.keys);
    if (assertion?.audience !== this.service) return undefined;
    return { identity: assertion.identity, caller: 'gateway', expiresAt: assertion.expiresAt };
  }

  private throughCaller(token: string, proof: string): KeptVerdict | undefined {
    const caller = readCallerProof(proof, token, this.keys);
    if (caller?.audience !== this.service) return undefined;
    if (token === '') return { ...caller, identity: anonymous };
    const assertion = readAssertion(token, this.keys);
    if (assertion?.audience !== caller.caller) return undefined;
    return {
      identity: assertion.identity,
      caller: caller.caller,
      expiresAt: Math.min(assertion.expiresAt, caller.expiresAt),
    };
  }
}
