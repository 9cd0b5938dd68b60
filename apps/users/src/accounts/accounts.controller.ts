import { users, type Input, type ListUsers, type Output, type User } from '@courtside/contracts';
import { Handles } from '@courtside/service';
import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { AccountsService } from './accounts.service.js';

@Controller()
export class AccountsController {
  constructor(private readonly accounts: AccountsService) {}

  @Handles(users.list)
  list(
    @Payload({ schema: users.list.input }) input: ListUsers,
  ): Promise<Output<typeof users.list>> {
    return this.accounts.list(input);
  }

  @Handles(users.read)
  read(@Payload({ schema: users.read.input }) { id }: Input<typeof users.read>): Promise<User> {
    return this.accounts.read(id);
  }

  @Handles(users.update)
  update(
    @Payload({ schema: users.update.input }) { id, ...profile }: Input<typeof users.update>,
  ): Promise<User> {
    return this.accounts.update(id, profile);
  }

  @Handles(users.delete)
  delete(
    @Payload({ schema: users.delete.input }) { id }: Input<typeof users.delete>,
  ): Promise<null> {
    return this.accounts.delete(id);
  }
}
