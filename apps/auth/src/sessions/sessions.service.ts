import {
  ACCESS_CHANGED,
  auth,
  Problem,
  users,
  type AccessChanged,
  type Output,
  type SessionAccess,
  type Tokens,
} from '@courtside/contracts';
import { Bus, LOGGER, type Logger, type UserIdentity } from '@courtside/service';
import { Inject, Injectable } from '@nestjs/common';
import { AccessTokens } from './access-tokens.js';
import { parseRefreshToken, successorOf, textOf, type RefreshToken } from './refresh-token.js';
import { SessionsStore } from './sessions.store.js';

/** What happens to a session between signing in and signing out. */
@Injectable()
export class SessionsService {
  constructor(
    private readonly store: SessionsStore,
    private readonly accessTokens: AccessTokens,
    private readonly bus: Bus,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  tokens(userId: string, refreshToken: RefreshToken): Tokens {
    return {
      access_token: this.accessTokens.sign(userId, refreshToken.sessionId),
      token_type: 'bearer',
      expires_in: this.accessTokens.ttl,
      refresh_token: textOf(refreshToken),
    };
  }

  /**
   * Trades a refresh token for the next. A token that comes a second time was copied, and whoever
   * came first may be the thief: the session ends for both.
   */
  async refresh(text: string): Promise<Tokens> {
    const token = parseRefreshToken(text);
    const session = token && (await this.store.findLivingOf(token));
    if (!session) throw new Problem('auth.refresh-token-invalid');
    const access = await this.bus.request(users.readAccess, { id: session.userId });
    if (access?.status !== 'active') {
      await this.end(session.id);
      throw new Problem('auth.refresh-token-invalid');
    }
    const next = successorOf(token);
    if (await this.store.rotate(token, next)) return this.tokens(session.userId, next);
    await this.end(session.id);
    const { id, userId } = session;
    this.logger.warn({ session: id, user: userId }, 'a used refresh token ended its session');
    throw new Problem('auth.refresh-token-invalid');
  }

  async list({ userId, sessionId }: UserIdentity): Promise<Output<typeof auth.listSessions>> {
    const sessions = await this.store.listLiving(userId);
    const items = sessions.map(({ id, createdAt, lastUsedAt, expiresAt }) => ({
      id,
      isCurrent: id === sessionId,
      createdAt: createdAt.toISOString(),
      lastUsedAt: lastUsedAt.toISOString(),
      expiresAt: expiresAt.toISOString(),
    }));
    return { items, next: null };
  }

  async signOut(id: string, userId: string): Promise<null> {
    if (!(await this.store.findOwn(id, userId))) throw new Problem('auth.session-unknown');
    await this.end(id);
    return null;
  }

  /** Null when the session has ended, or its user may not sign in any more. */
  async check(id: string): Promise<SessionAccess | null> {
    const session = await this.store.findLiving(id);
    if (!session) return null;
    const access = await this.bus.request(users.readAccess, { id: session.userId });
    if (access?.status !== 'active') return null;
    const { roles, permissions } = access;
    return { userId: session.userId, sessionId: session.id, roles, permissions };
  }

  private async end(sessionId: string): Promise<void> {
    await this.store.end(sessionId);
    await this.bus.broadcast(ACCESS_CHANGED, { sessionId } satisfies AccessChanged);
  }
}
