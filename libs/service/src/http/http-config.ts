import { z } from 'zod';

/** The settings of every app with an HTTP door. */
export const httpConfig = {
  CLOSING_NOTICE_MS: z.coerce
    .number()
    .int()
    .min(0)
    .max(20_000)
    .default(0)
    .meta({
      description:
        'how long a process that ends still serves and answers with Connection: close, before it ends idle ' +
        'connections, milliseconds',
    }),
};
