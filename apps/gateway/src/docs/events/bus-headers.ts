import type { JsonSchema } from '../../routes/message-schemas.js';

const text = (description: string): JsonSchema => ({ type: 'string', description });

const common = {
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
    description:
      'as text: `2`, six characters of base64url that make it another with each event, and this ' +
      'object as JSON where it says anything',
    properties: {
      s: { ...common.s, description: `${common.s.description}; left out where the topic names it` },
      m: common.m,
    },
  },
  RequestHeader: {
    type: 'object',
    properties: {
      ...common,
      v: { const: 1, description: 'version of the wire format' },
      i: text('id, unguessable; the same when it is sent again'),
      k: { const: 'q' },
      p: text('the name of the message'),
      r: text('the inbox for the reply'),
      t: { type: 'integer', description: 'the deadline, milliseconds since 1970' },
      e: { enum: ['none', 'idempotent', 'once'], description: 'what handling it twice does' },
    },
    required: ['v', 'k', 'p', 'i', 's', 'r', 't'],
  },
};
