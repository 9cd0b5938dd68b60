import { Column, Entity, PrimaryColumn } from 'typeorm';

/** The password of an account, as a hash that is read only where it is compared. */
@Entity('credential')
export class Credential {
  @PrimaryColumn('uuid', { name: 'user_id' })
  userId!: string;

  @Column('text', { name: 'hashed_password', select: false })
  hashedPassword!: string;

  /** How many passwords the account has had, this one included. */
  @Column('integer')
  version!: number;

  @Column('timestamptz', { name: 'updated_at' })
  updatedAt!: Date;
}
