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
