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
  }),
);

export type UsersConfig = z.output<typeof usersConfig>;
