import type { BrokerPort, ConsumerPort } from '../broker/port.js';

/**
 * The same broker, whose consumers bring some more than they were asked for: so a member holds what it
 * has not begun, as happens when several reads answer at once.
 */
export function greedy(
  broker: BrokerPort,
  extra: number,
  onRead: (count: number) => void,
): BrokerPort {
  return instead(broker, {
    consumer: async (spec) => {
      const port = await broker.consumer(spec);
      return instead<ConsumerPort>(port, {
        read: async (room, waitMs) => {
          const found = await port.read(room + extra, waitMs);
          onRead(found.length);
          return found;
        },
      });
    },
  });
}

function instead<T extends object>(target: T, methods: Partial<T>): T {
  return new Proxy(target, {
    get: (_, name) => {
      const own: unknown = Reflect.get(methods, name);
      if (own !== undefined) return own;
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}
