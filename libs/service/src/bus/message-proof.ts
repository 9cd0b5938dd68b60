import type { Message } from '@courtside/contracts';
import type { Metadata } from './metadata.js';

/**
 * Proves to the target who asks, in the metadata of every message that leaves this app. The identity
 * library gives it; an app without one cannot send.
 */
export interface MessageProof {
  /**
   * Synchronous: what it needs is in memory.
   * @param body the payload as it travels, JSON text: what guards a write is signed over it.
   */
  metadataFor(message: Message, body: string): Metadata;
}

/** Injection token of the proof. */
export const MESSAGE_PROOF = Symbol('message proof');
