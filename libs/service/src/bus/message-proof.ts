import type { ServiceName } from '@courtside/contracts';
import type { Metadata } from './metadata.js';

/**
 * Proves to the target who asks, in the metadata of every message that leaves this app. The identity
 * library gives it; an app without one cannot send.
 */
export interface MessageProof {
  /** Synchronous: what it needs is in memory. */
  metadataFor(target: ServiceName): Metadata;
}

/** Injection token of the proof. */
export const MESSAGE_PROOF = Symbol('message proof');
