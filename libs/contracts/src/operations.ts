import { z } from 'zod';
import { messagesOf, type Message } from './message.js';
import { serviceNames, type ServiceName } from './services.js';

/** What one dependency of a service answered. */
export const Check = z.strictObject({
  name: z.string(),
  up: z.boolean(),
  detail: z.string().optional(),
});
export type Check = z.infer<typeof Check>;

export const MessageDescription = z.strictObject({
  name: z.string(),
  effect: z.string(),
  summary: z.string(),
  input: z.record(z.string(), z.unknown()).meta({ description: 'JSON Schema 2020-12' }),
  output: z.record(z.string(), z.unknown()).meta({ description: 'JSON Schema 2020-12' }),
});
export type MessageDescription = z.infer<typeof MessageDescription>;

const byGateway = { by: 'service', callers: ['gateway'] } as const;

function operationsOf(service: ServiceName) {
  const message = messagesOf(service);
  return {
    smoke: message({
      name: 'smoke',
      effect: 'none',
      summary: 'Runs the real dependencies of the service once',
      access: byGateway,
      input: z.strictObject({}),
      output: z.strictObject({ checks: z.array(Check) }),
    }),
    describe: message({
      name: 'describe',
      effect: 'none',
      summary: 'The messages this service really handles, with their schemas',
      access: byGateway,
      input: z.strictObject({}),
      output: z.strictObject({ messages: z.array(MessageDescription) }),
    }),
  } satisfies Record<string, Message>;
}

/** The services that answer on the bus: all but the gateway, which only asks. */
export type BusService = Exclude<ServiceName, 'gateway'>;
export const busServices = serviceNames.filter((name): name is BusService => name !== 'gateway');

/** What every service on the bus answers for operations. */
export const operations = Object.fromEntries(
  busServices.map((service) => [service, operationsOf(service)]),
) as Record<BusService, ReturnType<typeof operationsOf>>;
