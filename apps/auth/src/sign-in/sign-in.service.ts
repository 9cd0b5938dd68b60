import { Problem, users, type Credentials, type Tokens } from '@courtside/contracts';
import { Bus, CLOCK, CONFIG, newId, type Clock } from '@courtside/service';
import { Inject, Injectable } from '@nestjs/common';
import type { AuthConfig } from '../config.js';
import { CredentialsService } from '../credentials/credentials.service.js';
import { newSession } from '../sessions/new-session.js';
import { newRefreshToken } from '../sessions/refresh-token.js';
import { SessionsService } from '../sessions/sessions.service.js';

/** The id of no account: looking for its password takes as long as for anyone's. */
const NOBODY = '00000000-0000-0000-0000-000000000000';

/** Opens a session for whoever knows the password of an active account. */
@Injectable()
export class SignInService {
  constructor(
    private readonly bus: Bus,
    private readonly credentials: CredentialsService,
    private readonly sessions: SessionsService,
    @Inject(CONFIG) private readonly config: Pick<AuthConfig, 'SESSION_TTL'>,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Unknown names, wrong passwords, unfinished accounts: refused alike, in words and time. */
  async signIn({ username, password }: Credentials): Promise<Tokens> {
    const account = await this.bus.request(users.findAccess, { username });
    const userId = account?.status === 'active' ? account.id : NOBODY;
    const known = await this.credentials.matching(userId, password);
    if (!known) throw new Problem('auth.credentials-wrong');
    await this.credentials.renewHash(userId, known, password);
    const token = newRefreshToken(newId());
    const session = newSession(userId, token, {
      now: this.clock.now(),
      ttlMs: this.config.SESSION_TTL * 1_000,
    });
    if (!(await this.credentials.openSession(known, session))) {
      throw new Problem('auth.credentials-wrong');
    }
    return this.sessions.tokens(userId, token);
  }
}
