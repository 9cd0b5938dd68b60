import { databaseConfig, withoutDemoInProduction } from '@courtside/database';
import { Password, Username } from '@courtside/contracts';
import { secret, serviceConfig } from '@courtside/service';
import { z } from 'zod';

/** The settings of users. */
const settings = withoutDemoInProduction(
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
    FIRST_ADMIN: secret(
      Username.optional(),
      'user name of the administrator that is made when there is none; no secret, but kept beside one',
    ),
    FIRST_ADMIN_PASSWORD: secret(
      Password.optional(),
      'its password, which is set once: later ones change nothing',
    ),
    SIGN_UP_SWEEP_MS: z.coerce.number().int().min(100).max(60_000).default(2_000).meta({
      description: 'how often unfinished sign-ups are looked for and called off, milliseconds',
    }),
  }),
);

/** Both or neither: an administrator without a password would be nobody. */
export const usersConfig = settings.refine(
  (config) => (config.FIRST_ADMIN === undefined) === (config.FIRST_ADMIN_PASSWORD === undefined),
  {
    path: ['FIRST_ADMIN_PASSWORD'],
    message: 'is given together with FIRST_ADMIN, or neither is',
  },
);

export type UsersConfig = z.output<typeof usersConfig>;
