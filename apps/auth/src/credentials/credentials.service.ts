import { ACCESS_CHANGED, Problem, users, type AccessChanged } from '@courtside/contracts';
import { Bus, CONFIG, LOGGER, type Logger, type UserIdentity } from '@courtside/service';
import { Inject, Injectable } from '@nestjs/common';
import type { AuthConfig } from '../config.js';
import type { Session } from '../sessions/session.entity.js';
import { CredentialsStore, type KnownPassword } from './credentials.store.js';
import { passwordFault } from './password-policy.js';
import { Passwords } from './passwords.js';

/** Sets, compares and changes passwords. */
@Injectable()
export class CredentialsService {
  constructor(
    private readonly store: CredentialsStore,
    private readonly passwords: Passwords,
    private readonly bus: Bus,
    @Inject(CONFIG) private readonly config: Pick<AuthConfig, 'PASSWORD_LENGTH_MIN'>,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /**
   * Sets the first password. Setting the same again is harmless; another one is refused, and so is
   * any for an account that is gone, however late the message comes.
   */
  async set(account: { userId: string; username: string }, password: string): Promise<null> {
    this.demandAcceptable(password, account.username);
    const { userId } = account;
    if (await this.store.has(userId)) return this.demandSame(userId, password);
    const isAdded = await this.store.add(userId, await this.passwords.hash(password));
    return isAdded ? null : this.demandSame(userId, password);
  }

  /** What is known of the account's password, when the given one is it. */
  async matching(userId: string, password: string): Promise<KnownPassword | undefined> {
    const known = await this.store.find(userId);
    return (await this.passwords.matches(known?.hash, password)) ? known : undefined;
  }

  /** Hashes anew with today's parameters what was hashed with others; no sign-in fails by it. */
  async renewHash(userId: string, known: KnownPassword, password: string): Promise<void> {
    if (!this.passwords.isOutdated(known.hash)) return;
    try {
      await this.store.rehash(userId, known, await this.passwords.hash(password));
    } catch (error) {
      this.logger.warn({ err: error, user: userId }, 'an outdated hash could not be renewed');
    }
  }

  /** Adds a session; false when the password it was opened with is not the one any more. */
  openSession(known: KnownPassword, session: Session): Promise<boolean> {
    return this.store.openSession(known, session);
  }

  /** Changes one's own password; all other sessions end. */
  async change(
    { userId, sessionId }: UserIdentity,
    { current, replacement }: { readonly current: string; readonly replacement: string },
  ): Promise<null> {
    const known = await this.matching(userId, current);
    const access = await this.bus.request(users.readAccess, { id: userId });
    if (!known || !access) throw new Problem('auth.credentials-wrong');
    this.demandAcceptable(replacement, access.username);
    const hash = await this.passwords.hash(replacement);
    if (!(await this.store.replace(userId, known, { hash, keptSessionId: sessionId }))) {
      throw new Problem('auth.credentials-wrong');
    }
    await this.bus.broadcast(ACCESS_CHANGED, { userId } satisfies AccessChanged);
    return null;
  }

  private async demandSame(userId: string, password: string): Promise<null> {
    const known = await this.store.find(userId);
    if (!known) throw new Problem('auth.account-gone');
    if (await this.passwords.matches(known.hash, password)) return null;
    throw new Problem('auth.credential-exists');
  }

  private demandAcceptable(password: string, username: string): void {
    const lengthMin = this.config.PASSWORD_LENGTH_MIN;
    const fault = passwordFault(password, { username, lengthMin });
    if (fault) throw new Problem('auth.password-unacceptable', fault);
  }
}
