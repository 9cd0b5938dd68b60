import { databaseConfig, withoutDemoInProduction } from '@courtside/database';
import { serviceConfig } from '@courtside/service';
import { z } from 'zod';

/** The settings of users. */
export const usersConfig = withoutDemoInProduction(
  z.object({
    ...serviceConfig.shape,
    ...databaseConfig,
    PROTECTED_USERS: z
      .string()
      .default('')
      .transform((list) =>
        list
          .split(',')
          .map((entry) => entry.trim().toLowerCase())
          .filter((entry) => entry !== ''),
      )
      .meta({
        description: 'user names or ids, comma separated, that nobody can delete or demote',
      }),
    SIGN_UP_SWEEP_MS: z.coerce.number().int().min(100).max(60_000).default(2_000).meta({
      description: 'how often unfinished sign-ups are looked for and called off, milliseconds',
    }),
  }),
);

export type UsersConfig = z.output<typeof usersConfig>;
