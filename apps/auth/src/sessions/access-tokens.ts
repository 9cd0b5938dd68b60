import { signingKeys, type SigningKey } from '@courtside/identity';
import {
  CLOCK,
  CONFIG,
  MountedSettings,
  newId,
  type Clock,
  type Mounted,
} from '@courtside/service';
import { Inject, Injectable } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import type { AuthConfig } from '../config.js';

/**
 * Makes access tokens (RFC 9068): who, which session, until when, and nothing personal. Signed with
 * the first of `TOKEN_KEYS`, as they are mounted now.
 */
@Injectable()
export class AccessTokens {
  /** As a `KeyObject`: parsing a key from text for each token costs more than signing. */
  private readonly key: Mounted<SigningKey>;

  constructor(
    private readonly jwt: JwtService,
    @Inject(CONFIG) private readonly config: Pick<AuthConfig, 'JWT_TTL'>,
    @Inject(CLOCK) private readonly clock: Clock,
    settings: MountedSettings,
  ) {
    this.key = settings.read('TOKEN_KEYS', (json) => signingKeys(json)[0]);
  }

  /** Seconds that each of them lives. */
  get ttl(): number {
    return this.config.JWT_TTL;
  }

  sign(userId: string, sessionId: string): string {
    const iat = Math.floor(this.clock.now() / 1_000);
    const { kid, key } = this.key.value;
    const claims = { sub: userId, sid: sessionId, jti: newId(), iat, exp: iat + this.ttl };
    return this.jwt.sign(claims, { privateKey: key, keyid: kid });
  }
}
