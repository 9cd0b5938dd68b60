import { isDeclared, type Message, type ServiceName } from '@courtside/contracts';
import {
  anonymous,
  metadataKeys,
  type Clock,
  type Identity,
  type Metadata,
  type Mounted,
} from '@courtside/service';
import { LRUCache } from 'lru-cache';
import { readAssertion } from './assertion.js';
import { sha256, type Binding } from './binding.js';
import { readCallerProof } from './caller-proof.js';
import { keyLookup, type KeyLookup, type VerificationKeys } from './keys.js';
import type { Refusal } from './refusal.js';

/** What was used once is remembered longer than it lives: clocks differ. Milliseconds. */
const REMEMBERED_LONGER_MS = 60_000;
/** Proofs that are kept under the exact bytes of what was verified. */
const KEPT_MAX = 20_000;

/** Who asks, and which app sent the message. */
export interface Verdict {
  readonly identity: Identity;
  readonly caller: ServiceName;
  /** What must be used up before the message is handled; of guarded writes alone. */
  readonly useOnce?: { readonly id: string; readonly expiresAt: Date };
}

/** What a message came with, once it proved genuine. */
interface Proof extends Verdict {
  readonly expiresAt: number;
  /** The one message it was made for. */
  readonly binding: Binding | undefined;
  /** Whether the user, if there is one, asked for a guarded write. */
  readonly isFresh: boolean;
}

/**
 * Decides who a message comes from. Genuine are: the gateway's assertion made for this service; an
 * assertion that the calling service got itself, with that service's own proof over it; and a
 * service's proof alone, for what it asks on nobody's behalf. A message that guards role, money or
 * privacy takes only what was made for it alone.
 */
export class IdentityVerifier {
  private readonly kept = new LRUCache<string, Proof>({ max: KEPT_MAX });
  private readonly keys: KeyLookup;
  private keptUnder: VerificationKeys;

  constructor(
    private readonly service: ServiceName,
    private readonly mounted: Mounted<VerificationKeys>,
    private readonly clock: Clock,
  ) {
    this.keys = keyLookup(mounted);
    this.keptUnder = mounted.value;
  }

  /** @param body the payload as it travelled. */
  verify(metadata: Metadata, message: Message, body: string): Verdict | Refusal {
    const proof = this.proofIn(metadata);
    if (typeof proof === 'string') return proof;
    if (proof.expiresAt <= this.clock.now()) return 'expired';
    const isBound = proof.binding !== undefined || message.guards !== undefined;
    return isBound ? heldTo(proof, message, body) : proof;
  }

  private proofIn(metadata: Metadata): Proof | Refusal {
    if (this.keptUnder !== this.mounted.value) {
      // Who signed with a key that is gone must prove themselves anew, and fail.
      this.kept.clear();
      this.keptUnder = this.mounted.value;
    }
    const assertion = metadata[metadataKeys.assertion] ?? '';
    const caller = metadata[metadataKeys.caller] ?? '';
    const bytes = `${assertion} ${caller}`;
    const known = this.kept.get(bytes);
    if (known) return known;
    const proof = caller ? this.throughCaller(assertion, caller) : this.fromGateway(assertion);
    // What is used once would only drive out what comes again.
    if (typeof proof === 'object' && !proof.binding) this.kept.set(bytes, proof);
    return proof;
  }

  private fromGateway(token: string): Proof | Refusal {
    const assertion = readAssertion(token, this.keys);
    if (typeof assertion === 'string') return assertion;
    const { identity, audience, expiresAt, binding } = assertion;
    if (audience !== this.service) return 'audience';
    if (!isDeclared('gateway', 'calls', this.service)) return 'caller-undeclared';
    return { identity, caller: 'gateway', expiresAt, binding, isFresh: binding !== undefined };
  }

  private throughCaller(token: string, proof: string): Proof | Refusal {
    const passedOn = readCallerProof(proof, token, this.keys);
    if (typeof passedOn === 'string') return passedOn;
    const { caller, audience, expiresAt, binding } = passedOn;
    if (audience !== this.service) return 'audience';
    if (!isDeclared(caller, 'calls', this.service)) return 'caller-undeclared';
    if (token === '') {
      // The gateway's word is an assertion, of nobody where nobody is signed in.
      if (caller === 'gateway') return 'missing';
      return { identity: anonymous, caller, expiresAt, binding, isFresh: true };
    }
    const assertion = readAssertion(token, this.keys);
    if (typeof assertion === 'string') return assertion;
    if (assertion.audience !== caller) return 'audience';
    return {
      identity: assertion.identity,
      caller,
      expiresAt: Math.min(assertion.expiresAt, expiresAt),
      binding,
      isFresh: assertion.binding !== undefined,
    };
  }
}

/** Holds a proof to the message that it came with. */
function heldTo(proof: Proof, message: Message, body: string): Verdict | Refusal {
  const { identity, caller, binding, expiresAt } = proof;
  if (!binding || (message.guards && !proof.isFresh)) return 'reusable';
  if (binding.msg !== message.name) return 'message';
  if (binding.bdy !== sha256(body)) return 'body';
  if (!message.guards) return { identity, caller };
  // Ids belong to who gave them: one app cannot use up another's.
  const id = `${caller}:${binding.jti}`;
  const useOnce = { id, expiresAt: new Date(expiresAt + REMEMBERED_LONGER_MS) };
  return { identity, caller, useOnce };
}
