import { Problem } from '@courtside/contracts';
import { currentRequest, type UserIdentity } from '@courtside/service';
import { createParamDecorator } from '@nestjs/common';

/** The verified user of the request at hand. @throws Problem `auth.token-missing` when there is none. */
export function currentUser(): UserIdentity {
  const identity = currentRequest()?.identity;
  if (identity?.kind !== 'user') throw new Problem('auth.token-missing');
  return identity;
}

/** Gives a handler the verified user who asks. */
export const CurrentUser = createParamDecorator(() => currentUser());
