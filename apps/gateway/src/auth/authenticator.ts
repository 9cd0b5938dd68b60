import type { IncomingHttpHeaders } from 'node:http';
import { Problem, type SessionAccess } from '@courtside/contracts';
import { verificationKeys } from '@courtside/identity';
import { CLOCK, CONFIG, MountedSettings, type Clock, type UserIdentity } from '@courtside/service';
import { Inject, Injectable } from '@nestjs/common';
import type { GatewayConfig } from '../config.js';
import { AccessTokens, type AccessClaims } from './access-tokens.js';
import { tokenFrom } from './credentials.js';
import { SessionAccesses } from './session-access.js';

/** Says who sends a request, by its token and by what auth knows of its session. */
@Injectable()
export class Authenticator {
  private readonly tokens: AccessTokens;
  /** One identity for one answer of auth: made once, used by every request while it is remembered. */
  private readonly identities = new WeakMap<SessionAccess, UserIdentity>();

  constructor(
    @Inject(CONFIG) config: GatewayConfig,
    @Inject(CLOCK) clock: Clock,
    settings: MountedSettings,
    private readonly sessions: SessionAccesses,
  ) {
    const expected = { issuer: config.TOKEN_ISSUER, audience: config.TOKEN_AUDIENCE };
    const keys = settings.read('TOKEN_JWKS', verificationKeys);
    this.tokens = new AccessTokens(keys, expected, clock);
  }

  /** @throws Problem when there is no token, two that differ, or none that is valid now. */
  userOf(headers: IncomingHttpHeaders): UserIdentity | Promise<UserIdentity> {
    const claims = this.tokens.verify(tokenFrom(headers));
    if (!claims) throw new Problem('auth.token-invalid');
    const access = this.sessions.of(claims.sessionId);
    return access instanceof Promise
      ? access.then((answer) => this.identityOf(claims, answer))
      : this.identityOf(claims, access);
  }

  private identityOf(claims: AccessClaims, access: SessionAccess | null): UserIdentity {
    if (access?.userId !== claims.userId) throw new Problem('auth.token-invalid');
    let identity = this.identities.get(access);
    if (!identity) {
      const { userId, sessionId, roles, permissions } = access;
      identity = { kind: 'user', userId, sessionId, roles, permissions };
      this.identities.set(access, identity);
    }
    return identity;
  }
}
