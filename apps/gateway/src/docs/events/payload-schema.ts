import type { z } from 'zod';
import type { JsonSchema } from '../../routes/message-schemas.js';

/**
 * The schema as AsyncAPI takes it without further word: JSON Schema draft 07. What is read may carry
 * more than this says, since a later publisher may tell more; what is asked may not.
 */
export function payloadSchema(schema: z.ZodType, direction: 'asked' | 'read'): JsonSchema {
  const isRead = direction === 'read';
  const given = schema.toJSONSchema({ target: 'draft-7', io: isRead ? 'output' : 'input' });
  return (isRead ? opened(given) : given) as JsonSchema;
}

function opened(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(opened);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key, child]) => key !== 'additionalProperties' || child !== false)
      .map(([key, child]) => [key, opened(child)]),
  );
}
