import type { Retention } from '@courtside/database';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** The password of an account, as a hash that is read only where it is compared. */
@Entity('credential')
export class Credential {
  @PrimaryColumn('uuid', { name: 'user_id' })
  userId!: string;

  /** Null once the account is gone: what still comes late then sets none any more. */
  @Column('text', { name: 'hashed_password', select: false, nullable: true })
  hashedPassword!: string | null;

  /** Changes with the password, its removal included. */
  @Column('integer')
  version!: number;

  @Column('timestamptz', { name: 'updated_at' })
  updatedAt!: Date;
}

/** That an account is gone is remembered for longer than anything on the bus lives. */
export const goneUsersRetention: Retention = {
  table: 'credential',
  isOver: `hashed_password IS NULL AND updated_at < now() - interval '7 days'`,
};
