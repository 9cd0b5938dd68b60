/** The metadata keys that travel with every message. Names are part of the wire contract. */
export const metadataKeys = {
  requestId: 'request-id',
  traceparent: 'traceparent',
  assertion: 'assertion',
  caller: 'caller',
  idempotencyKey: 'idempotency-key',
  ifMatch: 'if-match',
} as const;

export type Metadata = Readonly<Record<string, string>>;
