import { CLOCK, type Clock } from '@courtside/service';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { Session } from '../sessions/session.entity.js';
import { SessionsStore } from '../sessions/sessions.store.js';
import { Credential } from './credential.entity.js';

/** The one thing that leaves this store with the hash in it: for comparing, never for showing. */
export interface KnownPassword {
  readonly hash: string;
  readonly version: number;
}

/** Credentials in the database, and what must happen to sessions together with them. */
@Injectable()
export class CredentialsStore {
  constructor(
    @Inject(DataSource) private readonly source: DataSource,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly sessions: SessionsStore,
  ) {}

  async find(userId: string): Promise<KnownPassword | undefined> {
    const found = await this.source.manager.findOne(Credential, {
      where: { userId },
      select: { hashedPassword: true, version: true },
    });
    const hash = found?.hashedPassword;
    return found && hash ? { hash, version: found.version } : undefined;
  }

  /** Whether the account has a password, or had one and is gone. */
  has(userId: string): Promise<boolean> {
    return this.source.manager.existsBy(Credential, { userId });
  }

  /** @returns false when the account has a password already, or is gone. */
  async add(userId: string, hash: string): Promise<boolean> {
    const { raw } = await this.source.manager
      .createQueryBuilder()
      .insert()
      .into(Credential)
      .values({ userId, hashedPassword: hash, version: 1, updatedAt: this.now() })
      .orIgnore()
      .returning('user_id')
      .execute();
    return (raw as unknown[]).length === 1;
  }

  /** The same password in a better hash; does nothing when it has been changed meanwhile. */
  async rehash(userId: string, { version }: KnownPassword, hash: string): Promise<void> {
    await this.source.manager.update(Credential, { userId, version }, { hashedPassword: hash });
  }

  /**
   * Another password, and only the given session remains.
   * @returns false when the password has been changed meanwhile.
   */
  replace(
    userId: string,
    { version }: KnownPassword,
    { hash, keptSessionId }: { readonly hash: string; readonly keptSessionId: string },
  ): Promise<boolean> {
    return this.source.transaction(async (manager) => {
      const { affected } = await manager.update(
        Credential,
        { userId, version },
        { hashedPassword: hash, version: version + 1, updatedAt: this.now() },
      );
      if (affected !== 1) return false;
      await this.sessions.endOthers(manager, userId, keptSessionId);
      return true;
    });
  }

  /** Removes password and sessions for good, in a transaction of the caller; may be repeated. */
  async remove(manager: EntityManager, userId: string): Promise<void> {
    await manager.query(
      `INSERT INTO credential (user_id, hashed_password, version, updated_at)
       VALUES ($1, NULL, 0, $2)
       ON CONFLICT (user_id) DO UPDATE
         SET hashed_password = NULL, version = credential.version + 1, updated_at = $2
         WHERE credential.hashed_password IS NOT NULL`,
      [userId, this.now()],
    );
    await this.sessions.removeAll(manager, userId);
  }

  /**
   * Adds a session while the password it was opened with is still the one: a change of password
   * waits for it and ends it, or comes first and refuses it.
   */
  openSession({ version }: KnownPassword, session: Session): Promise<boolean> {
    return this.source.transaction(async (manager) => {
      const credential = await manager.findOne(Credential, {
        where: { userId: session.userId, version },
        lock: { mode: 'pessimistic_read' },
      });
      if (credential) await this.sessions.add(manager, session);
      return credential !== null;
    });
  }

  private now(): Date {
    return new Date(this.clock.now());
  }
}
