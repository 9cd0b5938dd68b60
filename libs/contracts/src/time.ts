import { z } from 'zod';
import { Instant } from './fields.js';
import { messagesOf } from './message.js';

const message = messagesOf('time');

export const CurrentTime = z
  .strictObject({
    iso: Instant,
    timestamp: z.number().meta({ description: 'seconds since 1970-01-01T00:00:00Z' }),
  })
  .meta({ id: 'CurrentTime' });
export type CurrentTime = z.infer<typeof CurrentTime>;

export const time = {
  read: message({
    name: 'read',
    effect: 'none',
    summary: 'The current time, as ISO 8601 and as a timestamp of the same instant',
    access: { by: 'permission', permission: 'time:read' },
    input: z.strictObject({}),
    output: CurrentTime,
  }),
};
