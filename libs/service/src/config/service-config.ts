import { brokerUrlFault } from '@courtside/transport';
import { z } from 'zod';
import { secret } from './load-config.js';

/** An on/off setting: `true` or `false`, nothing else. */
export const flag = (initially: boolean) =>
  z
    .enum(['true', 'false'])
    .default(initially ? 'true' : 'false')
    .transform((value) => value === 'true');

export const port = z.coerce.number().int().min(0).max(65_535);

/** The settings that every app has. Defaults suit a laptop; charts set the rest. */
export const serviceConfig = z.object({
  NODE_ENV: z
    .enum(['development', 'test', 'production'])
    .default('development')
    .meta({ description: 'production refuses the demo profile and the in-process bus' }),
  LOG_LEVEL: z
    .enum(['error', 'warn', 'info', 'debug'])
    .default('info')
    .meta({ description: 'the least severe level that is written' }),
  LOG_FORMAT: z
    .enum(['json', 'pretty'])
    .default('json')
    .meta({ description: 'json for machines, pretty for a terminal' }),
  ADMIN_HOST: z
    .string()
    .default('127.0.0.1')
    .meta({ description: 'address of the admin port; a pod sets 0.0.0.0' }),
  ADMIN_PORT: port
    .default(9001)
    .meta({ description: 'health and metrics, one port per process; 0 takes any free one' }),
  REDIS_URL: secret(
    z.string().superRefine((url, { addIssue }) => {
      const message = brokerUrlFault(url);
      if (message !== undefined) addIssue({ code: 'custom', message });
    }),
    'the bus, as user and password of the app: redis://<user>:<password>@host:6379, behind Sentinel ' +
      'redis+sentinel://<user>:<password>@host:26379,host:26379/name, a Cluster ' +
      'redis+cluster://<user>:<password>@host:6379,host:6379, each over TLS with rediss in front; ' +
      'memory: is the in-process driver, for one process only',
  ),
  BUS_COPIES: z.coerce
    .number()
    .int()
    .min(0)
    .max(5)
    .default(0)
    .meta({
      description:
        'copies of Redis that must have a request or event before it counts as sent: with one, a failover ' +
        'loses none, each batch waits for it, and without a copy all is refused',
    }),
  BUS_PREFIX: z
    .string()
    .regex(/^[a-z0-9-]{1,32}$/)
    .default('nx')
    .meta({ description: 'what every key on the bus starts with; another one is another bus' }),
  BUS_WAIT_MS: z.coerce
    .number()
    .int()
    .min(100)
    .max(3_600_000)
    .default(30_000)
    .meta({ description: 'how long a start waits for the bus, milliseconds' }),
  REQUEST_DEADLINE_MS: z.coerce
    .number()
    .int()
    .min(10)
    .max(60_000)
    .default(5_000)
    .meta({ description: 'how long a request over the bus may take, milliseconds' }),
  SERVICE_KEY: secret(z.string().min(1), 'private JWK (ES256) with which this app signs'),
  SERVICE_JWKS: z
    .string()
    .min(1)
    .meta({ description: 'public JWKS of all apps, JSON', secret: true }),
});

export type ServiceConfig = z.output<typeof serviceConfig>;
