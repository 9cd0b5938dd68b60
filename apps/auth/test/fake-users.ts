import { demoUsers, effectivePermissions, users } from '@courtside/contracts';
import type { Input, Role, UserAccess } from '@courtside/contracts';
import { Handles, newId } from '@courtside/service';
import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';

/** The accounts that users tells of, for specs to change. */
export const accounts = new Map<string, UserAccess>();

export function anAccount(given: Partial<UserAccess> = {}): UserAccess {
  const id = given.id ?? newId();
  const roles: Role[] = given.roles ?? ['user'];
  const account: UserAccess = {
    id,
    username: given.username ?? `spec-${id.slice(-12)}`,
    status: given.status ?? 'active',
    roles,
    permissions: effectivePermissions(roles, given.permissions ?? []),
  };
  accounts.set(id, account);
  return account;
}

export const seedDemoAccounts = (): void =>
  demoUsers.forEach(
    ({ id, username, roles }) => void anAccount({ id, username, roles: [...roles] }),
  );

/** Stands in for users: what it may tell auth. */
@Controller()
export class FakeUsersController {
  @Handles(users.findAccess)
  findAccess(
    @Payload({ schema: users.findAccess.input }) { username }: Input<typeof users.findAccess>,
  ): UserAccess | null {
    const name = username.toLowerCase();
    return [...accounts.values()].find((each) => each.username.toLowerCase() === name) ?? null;
  }

  @Handles(users.readAccess)
  readAccess(
    @Payload({ schema: users.readAccess.input }) { id }: Input<typeof users.readAccess>,
  ): UserAccess | null {
    return accounts.get(id) ?? null;
  }
}
