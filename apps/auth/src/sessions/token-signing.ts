import { signingKeys } from '@courtside/identity';
import { CONFIG } from '@courtside/service';
import { JwtModule } from '@nestjs/jwt';
import type { AuthConfig } from '../config.js';

/** Nest's JWT service, signing with the first of `TOKEN_KEYS`. */
export const tokenSigning = JwtModule.registerAsync({
  useFactory: ({ TOKEN_KEYS, TOKEN_ISSUER, TOKEN_AUDIENCE }: AuthConfig) => {
    const [{ kid, key }] = signingKeys(TOKEN_KEYS);
    return {
      // A KeyObject: parsing a key from text for each token costs more than signing.
      privateKey: key,
      signOptions: {
        algorithm: 'ES256',
        keyid: kid,
        header: { alg: 'ES256', typ: 'at+jwt' },
        issuer: TOKEN_ISSUER,
        audience: TOKEN_AUDIENCE,
      },
    };
  },
  inject: [CONFIG],
});
