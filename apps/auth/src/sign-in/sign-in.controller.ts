import { auth, type Credentials, type Tokens } from '@courtside/contracts';
import { Handles } from '@courtside/service';
import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { SignInService } from './sign-in.service.js';

@Controller()
export class SignInController {
  constructor(private readonly signIns: SignInService) {}

  @Handles(auth.createSession)
  create(@Payload({ schema: auth.createSession.input }) credentials: Credentials): Promise<Tokens> {
    return this.signIns.signIn(credentials);
  }
}
