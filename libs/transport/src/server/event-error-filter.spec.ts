import { Logger, type ArgumentsHost } from '@nestjs/common';
import { lastValueFrom } from 'rxjs';
import { EventErrorFilter } from './event-error-filter.js';
import { MessageContext } from './message-context.js';

const hostOf = (kind: 'q' | 'e'): ArgumentsHost => {
  const header = { v: 1, k: kind, p: 'orders.paid', i: 'x', s: 'shop' } as const;
  const context = new MessageContext(header, { attempt: 1, body: '{}' }, () => () => {});
  return { switchToRpc: () => ({ getContext: () => context }) } as unknown as ArgumentsHost;
};
const fault = new TypeError('the mailbox is gone');
const passed = (host: ArgumentsHost) => lastValueFrom(new EventErrorFilter().catch(fault, host));

describe('the filter for errors of events', () => {
  beforeAll(() => Logger.overrideLogger(false));
  afterAll(() => Logger.overrideLogger(true));

  it('leaves what the handler of an event threw as it was: the reason of its dead letter', async () => {
    await expect(passed(hostOf('e'))).rejects.toBe(fault);
  });

  it('keeps what the handler of a request threw from its caller, as NestJS does', async () => {
    await expect(passed(hostOf('q'))).rejects.toEqual({
      status: 'error',
      message: 'Internal server error',
    });
  });
});
