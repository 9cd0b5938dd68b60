/** Why a message was refused: a closed set, for logs and metrics. The sender is never told which. */
export const refusals = [
  /** There is neither an assertion nor a caller's proof. */
  'missing',
  /** It is not what the holder of its key signed, or over another assertion. */
  'forged',
  /** Its key is not among those that are mounted: never was, or not any more. */
  'key-unknown',
  'expired',
  /** It was made for another service, or passed on by one that it was not made for. */
  'audience',
  /** topology.yaml does not say that this caller asks this service. */
  'caller-undeclared',
  /** The message guards role, money or privacy, and the proof could be used again. */
  'reusable',
  /** It is bound to another message. */
  'message',
  /** It is bound to another payload. */
  'body',
  /** It was used before. */
  'replayed',
  /** The handler has no contract to hold it to. */
  'contract',
] as const;

export type Refusal = (typeof refusals)[number];
