import { EventHandlers } from './event-handlers.js';

const handler = () => async () => {};

describe('the handlers of a topic', () => {
  it('are named by place and number, so that marks of another set of handlers do not count', () => {
    const handlers = new EventHandlers((added) => added);
    handlers.add('orders.paid', handler(), {});
    const before = handlers.of('orders.paid').map(({ name }) => name);
    handlers.add('orders.paid', handler(), {});
    const after = handlers.of('orders.paid').map(({ name }) => name);
    expect([before, after]).toEqual([['1/1'], ['1/2', '2/2']]);
  });

  it('keep the names that they were given', () => {
    const handlers = new EventHandlers((added) => added);
    handlers.add('orders.paid', handler(), { name: 'letter' });
    handlers.add('orders.paid', handler(), {});
    expect(handlers.of('orders.paid').map(({ name }) => name)).toEqual(['letter', '2/2']);
  });

  it('are refused under one name, or under one that is not a line', () => {
    const handlers = new EventHandlers((added) => added);
    handlers.add('orders.paid', handler(), { name: 'letter' });
    expect(() => handlers.add('orders.paid', handler(), { name: 'letter' })).toThrow(
      "two handlers of 'orders.paid' are named 'letter'",
    );
    expect(() => handlers.add('orders.paid', handler(), { name: 'a\nb' })).toThrow('two lines');
  });
});
