import { databaseConfig, withoutDemoInProduction } from '@courtside/database';
import { signingKeys } from '@courtside/identity';
import { secret, serviceConfig } from '@courtside/service';
import { z } from 'zod';

const unitSeconds = { s: 1, m: 60, h: 3_600, d: 86_400 } as const;

/** A time such as `600`, `10m` or `30d`; a bare number is seconds. */
const seconds = (initially: string, { max }: { readonly max: number }) =>
  z
    .string()
    .regex(/^\d{1,8}[smhd]?$/, 'must be a number of seconds, or like 10m, 12h, 30d')
    .default(initially)
    .transform((text) => {
      const unit = text.at(-1) as keyof typeof unitSeconds;
      return Number.parseInt(text, 10) * (unitSeconds[unit] ?? 1);
    })
    .pipe(
      z.number().min(1, 'must be at least 1 second').max(max, `must be at most ${max} seconds`),
    );

/** The settings of auth. */
export const authConfig = withoutDemoInProduction(
  z.object({
    ...serviceConfig.shape,
    ...databaseConfig,
    TOKEN_KEYS: secret(
      z.string().refine(isKeySet, 'must be a JWKS of private keys (ES256), each with a kid'),
      'private JWKS of the access tokens: the first key signs',
    ),
    TOKEN_ISSUER: z.string().min(1).default('courtside').meta({ description: '`iss` of tokens' }),
    TOKEN_AUDIENCE: z.string().min(1).default('courtside').meta({ description: '`aud` of tokens' }),
    JWT_TTL: seconds('600', { max: 3_600 }).meta({
      description: 'how long an access token lives: seconds, or like 10m; at most an hour',
    }),
    SESSION_TTL: seconds('30d', { max: 365 * unitSeconds.d }).meta({
      description: 'when a session ends however often it is refreshed: seconds, or like 30d',
    }),
    PASSWORD_LENGTH_MIN: z.coerce
      .number()
      .int()
      .min(8)
      .max(64)
      .default(15)
      .meta({ description: 'characters of a new password at least' }),
  }),
);

export type AuthConfig = z.output<typeof authConfig>;

function isKeySet(json: string): boolean {
  try {
    signingKeys(json);
    return true;
  } catch {
    return false;
  }
}
