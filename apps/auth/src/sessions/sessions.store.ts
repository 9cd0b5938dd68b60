import { CLOCK, type Clock } from '@courtside/service';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource, IsNull, LessThan, MoreThan, Not, type EntityManager } from 'typeorm';
import { digestOf, type RefreshToken } from './refresh-token.js';
import { Session } from './session.entity.js';

/** Sessions shown at most; whoever has more sees the newest. */
const SHOWN_MAX = 200;

/** Sessions in the database. */
@Injectable()
export class SessionsStore {
  constructor(
    @Inject(DataSource) private readonly source: DataSource,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  findLiving(id: string): Promise<Session | null> {
    return this.source.manager.findOneBy(Session, { id, ...this.living() });
  }

  /** The living session that a refresh token, used or not, was once given for. */
  findLivingOf({ sessionId, family }: RefreshToken): Promise<Session | null> {
    return this.source.manager.findOneBy(Session, {
      id: sessionId,
      familyDigest: digestOf(family),
      ...this.living(),
    });
  }

  findOwn(id: string, userId: string): Promise<Session | null> {
    return this.source.manager.findOneBy(Session, { id, userId });
  }

  listLiving(userId: string): Promise<Session[]> {
    return this.source.manager.find(Session, {
      where: { userId, ...this.living() },
      order: { createdAt: 'DESC', id: 'DESC' },
      take: SHOWN_MAX,
    });
  }

  /** Adds a session in a transaction of the caller; what of the user's has expired goes. */
  async add(manager: EntityManager, session: Session): Promise<void> {
    const { userId } = session;
    await manager.delete(Session, { userId, expiresAt: LessThan(this.now()) });
    await manager.insert(Session, session);
  }

  /**
   * Compares and swaps: of all who come with the same token, one gets the next.
   * @returns false when `from` is not the newest token any more, or the session has ended.
   */
  async rotate(from: RefreshToken, to: RefreshToken): Promise<boolean> {
    const { affected } = await this.source.manager.update(
      Session,
      { id: from.sessionId, refreshDigest: digestOf(from.secret), ...this.living() },
      { refreshDigest: digestOf(to.secret), lastUsedAt: this.now() },
    );
    return affected === 1;
  }

  /** @returns false when it had ended before. */
  async end(id: string): Promise<boolean> {
    const { affected } = await this.source.manager.update(
      Session,
      { id, endedAt: IsNull() },
      { endedAt: this.now() },
    );
    return affected === 1;
  }

  /** Ends what a user has but one, in a transaction of the caller. */
  async endOthers(manager: EntityManager, userId: string, keptId: string): Promise<void> {
    await manager.update(
      Session,
      { userId, id: Not(keptId), endedAt: IsNull() },
      { endedAt: this.now() },
    );
  }

  /** Removes all of a user, in a transaction of the caller. */
  async removeAll(manager: EntityManager, userId: string): Promise<void> {
    await manager.delete(Session, { userId });
  }

  private living() {
    return { endedAt: IsNull(), expiresAt: MoreThan(this.now()) };
  }

  private now(): Date {
    return new Date(this.clock.now());
  }
}
