import { Problem, orderEvents, products } from '@courtside/contracts';
import {
  CONFIRMATIONS,
  EVENT_CONTRACT,
  inRequest,
  MESSAGE_CONTRACT,
  type Logger,
  type RequestContext,
} from '@courtside/service';
import type { ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { IdentityGuard } from './identity.guard.js';
import { GuardedWrites } from './guarded-writes.js';
import { IdentityVerifier } from './identity-verifier.js';
import { RefusedMessages } from './refused-messages.js';

const logger = { warn() {} } as unknown as Logger;
const nobody = { verify: () => 'missing' } as unknown as IdentityVerifier;
const none = {} as unknown as GuardedWrites;
const refused = new RefusedMessages('products', logger);
const guard = new IdentityGuard(nobody, new Reflector(), none, refused);

/** Something without any proof arrives at a handler with the given mark. */
function arriving(mark: string | undefined, meaning: unknown, isEvent: boolean) {
  const handler = () => {};
  if (mark) Reflect.defineMetadata(mark, meaning, handler);
  const rpc = {
    getContext: () => ({ metadata: {}, pattern: 'p', sender: '', isEvent }),
    getData: () => ({}),
  };
  const execution = { switchToRpc: () => rpc, getHandler: () => handler };
  const request: RequestContext = { requestId: '', traceparent: '', deadline: 0, metadata: {} };
  const isAdmitted = () =>
    inRequest(request, () => guard.canActivate(execution as unknown as ExecutionContext));
  return { isAdmitted, request };
}

describe('an event', () => {
  it.each([
    ['of a contract', EVENT_CONTRACT, orderEvents.created],
    ['that confirms others', CONFIRMATIONS, true],
  ])('%s needs no assertion and acts for nobody', (_name, mark, meaning) => {
    const { isAdmitted, request } = arriving(mark, meaning, true);
    expect(isAdmitted()).toBe(true);
    expect(request.identity).toEqual({ kind: 'anonymous' });
  });

  it('is refused by a handler of messages, and by one without a contract', () => {
    expect(arriving(MESSAGE_CONTRACT, products.list, true).isAdmitted).toThrow(Problem);
    expect(arriving(undefined, undefined, true).isAdmitted).toThrow(Problem);
  });

  it('handler refuses a request', () => {
    expect(arriving(EVENT_CONTRACT, orderEvents.created, false).isAdmitted).toThrow(Problem);
    expect(arriving(CONFIRMATIONS, true, false).isAdmitted).toThrow(Problem);
  });
});
