import { userEvents, type EventOf } from '@courtside/contracts';
import { Subscribes } from '@courtside/service';
import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { GoneUsersService } from './gone-users.service.js';

/** Hears from users whose account there is not, or will not be. */
@Controller()
export class GoneUsersController {
  constructor(private readonly goneUsers: GoneUsersService) {}

  @Subscribes(userEvents.deleted)
  deleted(
    @Payload({ schema: userEvents.deleted.envelope }) event: EventOf<typeof userEvents.deleted>,
  ): Promise<void> {
    return this.goneUsers.forget(event);
  }

  @Subscribes(userEvents.signUpCalledOff)
  signUpCalledOff(
    @Payload({ schema: userEvents.signUpCalledOff.envelope })
    event: EventOf<typeof userEvents.signUpCalledOff>,
  ): Promise<void> {
    return this.goneUsers.forget(event);
  }
}
