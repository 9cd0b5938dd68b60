import { CONFIG } from '@courtside/service';
import { JwtModule } from '@nestjs/jwt';
import type { AuthConfig } from '../config.js';

/** Nest's JWT service with all that access tokens have alike; the key comes with each of them. */
export const tokenSigning = JwtModule.registerAsync({
  useFactory: ({ TOKEN_ISSUER, TOKEN_AUDIENCE }: AuthConfig) => ({
    signOptions: {
      algorithm: 'ES256',
      header: { alg: 'ES256', typ: 'at+jwt' },
      issuer: TOKEN_ISSUER,
      audience: TOKEN_AUDIENCE,
    },
  }),
  inject: [CONFIG],
});
