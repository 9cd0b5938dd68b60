import type { Retention } from '@courtside/database';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What lasts from signing in to signing out. It lives until it is ended or its time is over. */
@Entity('session')
export class Session {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('uuid', { name: 'user_id' })
  userId!: string;

  @Column('text', { name: 'family_digest', select: false })
  familyDigest!: string;

  @Column('text', { name: 'refresh_digest', select: false })
  refreshDigest!: string;

  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;

  /** When it was opened or last refreshed. */
  @Column('timestamptz', { name: 'last_used_at' })
  lastUsedAt!: Date;

  @Column('timestamptz', { name: 'expires_at' })
  expiresAt!: Date;

  @Column('timestamptz', { name: 'ended_at', nullable: true })
  endedAt!: Date | null;
}

/** Whoever signs in clears their own; those of people who never come back go by themselves. */
export const sessionRetention: Retention = { table: 'session', isOver: 'expires_at < now()' };
