import { auth, type Input, type Output } from '@courtside/contracts';
import { CurrentUser } from '@courtside/identity';
import { Handles, type UserIdentity } from '@courtside/service';
import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { verdictOn } from './verdict.js';

@Controller()
export class VerifyController {
  @Handles(auth.verify)
  verify(
    @Payload({ schema: auth.verify.input }) { permission }: Input<typeof auth.verify>,
    @CurrentUser() user: UserIdentity,
  ): Output<typeof auth.verify> {
    return verdictOn(permission, user);
  }
}
