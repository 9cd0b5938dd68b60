import {
  auth,
  type Input,
  type Output,
  type SessionAccess,
  type Tokens,
} from '@courtside/contracts';
import { CurrentUser } from '@courtside/identity';
import { Handles, type UserIdentity } from '@courtside/service';
import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { SessionsService } from './sessions.service.js';

@Controller()
export class SessionsController {
  constructor(private readonly sessions: SessionsService) {}

  @Handles(auth.refreshSession)
  refresh(
    @Payload({ schema: auth.refreshSession.input }) input: Input<typeof auth.refreshSession>,
  ): Promise<Tokens> {
    return this.sessions.refresh(input.refresh_token);
  }

  @Handles(auth.listSessions)
  list(
    @Payload({ schema: auth.listSessions.input }) _input: Input<typeof auth.listSessions>,
    @CurrentUser() user: UserIdentity,
  ): Promise<Output<typeof auth.listSessions>> {
    return this.sessions.list(user);
  }

  @Handles(auth.deleteSession)
  delete(
    @Payload({ schema: auth.deleteSession.input }) { id }: Input<typeof auth.deleteSession>,
    @CurrentUser() user: UserIdentity,
  ): Promise<null> {
    return this.sessions.signOut(id, user.userId);
  }

  @Handles(auth.checkSession)
  check(
    @Payload({ schema: auth.checkSession.input }) { sessionId }: Input<typeof auth.checkSession>,
  ): Promise<SessionAccess | null> {
    return this.sessions.check(sessionId);
  }
}
