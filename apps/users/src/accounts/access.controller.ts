import { users, type Input, type User, type UserAccess } from '@courtside/contracts';
import { Handles } from '@courtside/service';
import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { AccessService } from './access.service.js';

type PermissionGrant = Input<typeof users.grantPermission>;
type RoleGrant = Input<typeof users.grantRole>;

@Controller()
export class AccessController {
  constructor(private readonly access: AccessService) {}

  @Handles(users.grantPermission)
  grantPermission(
    @Payload({ schema: users.grantPermission.input }) { id, permission }: PermissionGrant,
  ): Promise<User> {
    return this.access.change(id, (account) => account.grant(permission));
  }

  @Handles(users.revokePermission)
  revokePermission(
    @Payload({ schema: users.revokePermission.input }) { id, permission }: PermissionGrant,
  ): Promise<User> {
    return this.access.change(id, (account) => account.revoke(permission));
  }

  @Handles(users.grantRole)
  grantRole(@Payload({ schema: users.grantRole.input }) { id, role }: RoleGrant): Promise<User> {
    return this.access.change(id, (account) => account.giveRole(role));
  }

  @Handles(users.revokeRole)
  revokeRole(@Payload({ schema: users.revokeRole.input }) { id, role }: RoleGrant): Promise<User> {
    return this.access.change(id, (account, standing) => account.takeRole(role, standing));
  }

  @Handles(users.findAccess)
  findAccess(
    @Payload({ schema: users.findAccess.input }) { username }: Input<typeof users.findAccess>,
  ): Promise<UserAccess | null> {
    return this.access.findByName(username);
  }

  @Handles(users.readAccess)
  readAccess(
    @Payload({ schema: users.readAccess.input }) { id }: Input<typeof users.readAccess>,
  ): Promise<UserAccess | null> {
    return this.access.find(id);
  }
}
