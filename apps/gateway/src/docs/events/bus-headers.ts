import type { JsonSchema } from '../../routes/message-schemas.js';

const text = (description: string): JsonSchema => ({ type: 'string', description });

const common = {
  v: { const: 1, description: 'version of the wire format' },
  i: text('id, unguessable; the same when it is sent again'),
  s: text('the sending service, as it claims; access lists and proofs show that it is'),
  m: {
    type: 'object',
    additionalProperties: { type: 'string' },
    description: 'metadata: trace, correlation id, and with a request the proof of who asks',
  },
} satisfies Record<string, JsonSchema>;

/** The field `h` of an entry on the bus, by what the entry is. */
export const busHeaders: Readonly<Record<'EventHeader' | 'RequestHeader', JsonSchema>> = {
  EventHeader: {
    type: 'object',
    properties: { ...common, k: { const: 'e' }, p: text('the topic') },
    required: ['v', 'k', 'p', 'i', 's'],
  },
  RequestHeader: {
    type: 'object',
    properties: {
      ...common,
      k: { const: 'q' },
      p: text('the name of the message'),
      r: text('the inbox for the reply'),
      t: { type: 'integer', description: 'the deadline, milliseconds since 1970' },
      e: { enum: ['none', 'idempotent', 'once'], description: 'what handling it twice does' },
    },
    required: ['v', 'k', 'p', 'i', 's', 'r', 't'],
  },
};
