import type { JsonWebKey, KeyObject } from 'node:crypto';
import { verificationKeys } from '@courtside/identity';
import { MountedSettings, type Mounted } from '@courtside/service';
import { Controller } from '@nestjs/common';
import type { Answer } from '../http/answer.js';
import { Route } from '../routes/route.decorator.js';

const CACHE_SECONDS = 300;

/** The keys that access tokens are verified with (RFC 7517), as they are mounted now. */
@Controller()
export class JwksController {
  private readonly document: Mounted<string>;

  constructor(settings: MountedSettings) {
    this.document = settings.read('TOKEN_JWKS', publicDocument);
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
    return { status: 200, headers, body: this.document.value };
  }
}

function publicDocument(json: string): string {
  return JSON.stringify({ keys: [...verificationKeys(json)].map(publicJwk) });
}

/** Made from a public key, so nothing else is given out, whatever was mounted. */
function publicJwk([kid, key]: readonly [string, KeyObject]): JsonWebKey {
  const { kty, crv, x, y } = key.export({ format: 'jwk' });
  return { kid, kty, crv, x, y, alg: 'ES256', use: 'sig' } as JsonWebKey;
}
