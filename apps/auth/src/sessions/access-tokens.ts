import { CLOCK, CONFIG, newId, type Clock } from '@courtside/service';
import { Inject, Injectable } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import type { AuthConfig } from '../config.js';

/** Makes access tokens (RFC 9068): who, which session, until when, and nothing personal. */
@Injectable()
export class AccessTokens {
  constructor(
    private readonly jwt: JwtService,
    @Inject(CONFIG) private readonly config: Pick<AuthConfig, 'JWT_TTL'>,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Seconds that each of them lives. */
  get ttl(): number {
    return this.config.JWT_TTL;
  }

  sign(userId: string, sessionId: string): string {
    const iat = Math.floor(this.clock.now() / 1_000);
    return this.jwt.sign({ sub: userId, sid: sessionId, jti: newId(), iat, exp: iat + this.ttl });
  }
}
