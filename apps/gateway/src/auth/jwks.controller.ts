import { CONFIG } from '@courtside/service';
import { Controller, Inject } from '@nestjs/common';
import { z } from 'zod';
import type { GatewayConfig } from '../config.js';
import type { Answer } from '../http/answer.js';
import { Route } from '../routes/route.decorator.js';

/** The public members of a key; nothing else is ever given out, whatever was mounted. */
const PublicKeys = z.object({
  keys: z.array(
    z.object({ kid: z.string(), kty: z.string(), crv: z.string(), x: z.string(), y: z.string() }),
  ),
});
const CACHE_SECONDS = 300;

/** The keys that access tokens are verified with (RFC 7517). */
@Controller()
export class JwksController {
  private readonly body: string;

  constructor(@Inject(CONFIG) config: GatewayConfig) {
    const { keys } = PublicKeys.parse(JSON.parse(config.TOKEN_JWKS));
    this.body = JSON.stringify({
      keys: keys.map(({ kid, kty, crv, x, y }) => ({
        kid,
        kty,
        crv,
        x,
        y,
        alg: 'ES256',
        use: 'sig',
      })),
    });
  }

  @Route({
    method: 'GET',
    path: '/.well-known/jwks.json',
    auth: 'none',
    summary: 'The public keys of access tokens',
  })
  jwks(): Answer {
    const headers = {
      'content-type': 'application/jwk-set+json',
      'cache-control': `public, max-age=${CACHE_SECONDS}`,
    };
    return { status: 200, headers, body: this.body };
  }
}
