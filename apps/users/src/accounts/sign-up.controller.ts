import { users, type CreateUser, type User } from '@courtside/contracts';
import { Handles } from '@courtside/service';
import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { SignUpService } from './sign-up.service.js';

@Controller()
export class SignUpController {
  constructor(private readonly signUps: SignUpService) {}

  @Handles(users.create)
  create(@Payload({ schema: users.create.input }) input: CreateUser): Promise<User> {
    return this.signUps.signUp(input);
  }
}
