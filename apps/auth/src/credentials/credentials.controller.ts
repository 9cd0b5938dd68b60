import { auth, type Input } from '@courtside/contracts';
import { CurrentUser } from '@courtside/identity';
import { Handles, type UserIdentity } from '@courtside/service';
import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { CredentialsService } from './credentials.service.js';

@Controller()
export class CredentialsController {
  constructor(private readonly credentials: CredentialsService) {}

  @Handles(auth.setCredential)
  set(
    @Payload({ schema: auth.setCredential.input })
    { password, ...account }: Input<typeof auth.setCredential>,
  ): Promise<null> {
    return this.credentials.set(account, password);
  }

  @Handles(auth.changePassword)
  change(
    @Payload({ schema: auth.changePassword.input }) input: Input<typeof auth.changePassword>,
    @CurrentUser() user: UserIdentity,
  ): Promise<null> {
    return this.credentials.change(user, input);
  }
}
