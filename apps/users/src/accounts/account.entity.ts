import { Problem, type Permission, type Role } from '@courtside/contracts';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** `pending`: signing up, its password may not be set yet. Only active ones are shown to anyone. */
export type AccountStatus = 'pending' | 'active';

/** Someone who can sign in. Never knows a password nor anything made from one. */
@Entity('user')
export class Account {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('text')
  username!: string;

  @Column('text', { name: 'display_name', nullable: true })
  displayName!: string | null;

  @Column('text', { nullable: true })
  email!: string | null;

  @Column('text', { array: true })
  roles!: Role[];

  @Column('text', { array: true })
  permissions!: Permission[];

  @Column('text')
  status!: AccountStatus;

  /** While it is pending: when nobody waits for its sign-up any more, and it may be called off. */
  @Column('timestamptz', { name: 'pending_until', nullable: true })
  pendingUntil!: Date | null;

  @Column('integer')
  version!: number;

  /** The idempotency key of its sign-up, with who sent it. */
  @Column('text', { name: 'sign_up_key', nullable: true })
  signUpKey!: string | null;

  /** What was asked for under that key, without the password. */
  @Column('text', { name: 'sign_up_fingerprint', nullable: true })
  signUpFingerprint!: string | null;

  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;

  @Column('timestamptz', { name: 'updated_at' })
  updatedAt!: Date;

  /** A field that is undefined stays. */
  changeProfile({ displayName, email }: Profile): void {
    if (displayName !== undefined) this.displayName = displayName;
    if (email !== undefined) this.email = email;
  }

  grant(permission: Permission): void {
    if (!this.permissions.includes(permission))
      this.permissions = [...this.permissions, permission];
  }

  revoke(permission: Permission): void {
    this.permissions = this.permissions.filter((each) => each !== permission);
  }

  giveRole(role: Role): void {
    if (!this.roles.includes(role)) this.roles = [...this.roles, role];
  }

  /** @throws Problem `users.protected`, `users.last-admin`. */
  takeRole(role: Role, { isProtected, isLastAdmin }: Standing): void {
    if (!this.roles.includes(role)) return;
    if (isProtected) {
      throw new Problem('users.protected', `${this.username} is protected and keeps its roles`);
    }
    if (role === 'admin' && isLastAdmin) throw this.lastAdmin();
    this.roles = this.roles.filter((each) => each !== role);
  }

  /** @throws Problem `users.protected`, `users.last-admin`. */
  demandDeletable({ isProtected, isLastAdmin }: Standing): void {
    if (isProtected) {
      throw new Problem('users.protected', `${this.username} is protected and cannot be deleted`);
    }
    if (isLastAdmin) throw this.lastAdmin();
  }

  private lastAdmin(): Problem {
    return new Problem('users.last-admin', `${this.username} is the last administrator`);
  }
}

export interface Profile {
  readonly displayName?: string | null | undefined;
  readonly email?: string | null | undefined;
}

/** What an account cannot know by itself. */
export interface Standing {
  readonly isProtected: boolean;
  /** The only active administrator there is. */
  readonly isLastAdmin: boolean;
}
