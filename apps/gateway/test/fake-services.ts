import {
  auth,
  Problem,
  products,
  time,
  users,
  type Output,
  type SessionAccess,
} from '@courtside/contracts';
import { CurrentUser } from '@courtside/identity';
import { currentRequest, Handles, newId, type UserIdentity } from '@courtside/service';
import { fakeService } from '@courtside/testing';
import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';

/** What the stand-in for auth knows. */
export const sessions = new Map<string, SessionAccess>();
/** How often it was asked. */
export const asked = { checkSession: 0 };
/** What reached the services last. */
export const seen: { metadata: Readonly<Record<string, string>>; input: unknown } = {
  metadata: {},
  input: undefined,
};

const NOW = '2026-01-02T03:04:05.678Z';

function note(input: unknown): void {
  seen.metadata = currentRequest()?.metadata ?? {};
  seen.input = input;
}

@Controller()
class AuthController {
  @Handles(auth.createSession)
  createSession(@Payload({ schema: auth.createSession.input }) { username }: { username: string }) {
    if (username !== 'admin') throw new Problem('auth.credentials-wrong');
    return { access_token: 'a.b.c', token_type: 'bearer', expires_in: 900, refresh_token: 'r' };
  }

  @Handles(auth.checkSession)
  checkSession(@Payload({ schema: auth.checkSession.input }) { sessionId }: { sessionId: string }) {
    asked.checkSession += 1;
    return sessions.get(sessionId) ?? null;
  }

  @Handles(auth.deleteSession)
  deleteSession(@Payload({ schema: auth.deleteSession.input }) input: { id: string }) {
    note(input);
    return null;
  }
}

const userOf = (id: string): Output<typeof users.read> => ({
  id,
  username: 'ada',
  displayName: null,
  email: 'ada@example.org',
  roles: ['user'],
  permissions: [],
  isProtected: false,
  version: 7,
  createdAt: NOW,
  updatedAt: NOW,
});

@Controller()
class UsersController {
  @Handles(users.read)
  read(@Payload({ schema: users.read.input }) { id }: { id: string }) {
    note({ id });
    return userOf(id);
  }

  @Handles(users.list)
  list(@Payload({ schema: users.list.input }) input: unknown) {
    note(input);
    return { items: [userOf(newId()), userOf(newId())], next: null };
  }

  @Handles(users.create)
  create(@Payload({ schema: users.create.input }) input: unknown) {
    note(input);
    return userOf(newId());
  }

  @Handles(users.update)
  update(@Payload({ schema: users.update.input }) input: { id: string }) {
    note(input);
    return userOf(input.id);
  }

  @Handles(users.delete)
  delete(@Payload({ schema: users.delete.input }) input: unknown) {
    note(input);
    return null;
  }
}

@Controller()
class TimeController {
  @Handles(time.read)
  read(@CurrentUser() user: UserIdentity) {
    note(user.userId);
    return { iso: NOW, timestamp: Date.parse(NOW) / 1_000 };
  }
}

@Controller()
class ProductsController {
  @Handles(products.list)
  list(@Payload({ schema: products.list.input }) input: unknown) {
    note(input);
    return { items: [], next: null };
  }

  @Handles(products.read)
  read(): never {
    throw new Error('the secret of the database is pw');
  }
}

export const fakeServices = [
  fakeService('auth', AuthController),
  fakeService('users', UsersController),
  fakeService('time', TimeController),
  fakeService('products', ProductsController),
];
