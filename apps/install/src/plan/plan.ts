import { z } from 'zod';

const Label = z.string().regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, 'must be a DNS label');
const SecretName = z
  .string()
  .max(253)
  .regex(/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/, 'must be the name of a Secret');

/** An address without a user or a password: plans stand in a ConfigMap, and are no place for one. */
const address = (scheme: RegExp, example: string) =>
  z
    .string()
    .regex(scheme, `must be like ${example}`)
    .refine((url) => !/^[^/]*\/\/[^/?]*@/.test(url), 'must have no user and no password in it');

/** One of our services, and where its settings are kept. */
const Service = z.strictObject({
  secret: SecretName,
  /** False: the Secret is the operator's, and only read. */
  managed: z.boolean(),
  /** Whether it has a role and a schema. */
  database: z.boolean(),
});

const Shape = z.strictObject({
  namespace: Label,
  labels: z.record(z.string(), z.string()),
  services: z
    .record(z.string().regex(/^[a-z][a-z0-9-]{0,39}$/, 'must be the name of a service'), Service)
    .refine((services) => Object.keys(services).length > 0, 'must name a service'),
  bus: z.strictObject({
    url: address(/^rediss?(\+sentinel|\+cluster)?:\/\//, 'redis://host:6379'),
    /** The Secret with the passwords of its users; null: each service has its own in its Secret. */
    secret: SecretName.nullable(),
    /** False: that Secret is the operator's, and only read. */
    managed: z.boolean().default(true),
    /** First part of the name of each of its users. */
    prefix: Label.default('nx'),
  }),
  database: z.strictObject({
    url: address(/^postgres(ql)?:\/\//, 'postgres://host:5432/courtside'),
    /** The Secret with the passwords of its roles; null: each service has its own in its Secret. */
    secret: SecretName.nullable(),
    managed: z.boolean().default(true),
  }),
  /** Where the name and password of the first administrator are kept; null: there is none to make. */
  firstAdmin: z.strictObject({ secret: SecretName }).nullable(),
});
export type Plan = z.output<typeof Shape>;

/** What is to be installed: the chart writes it, and the jobs of the installation go by it. */
export const Plan = Shape.superRefine((plan, { addIssue }) => {
  const names = secretsOf(plan);
  const doubled = names.find((name, index) => names.indexOf(name) !== index);
  if (doubled !== undefined) {
    addIssue({
      code: 'custom',
      message: `the Secret ${doubled} is named for more than one purpose`,
    });
  }
});

/** Every Secret that a plan names: one for each purpose. */
export const secretsOf = ({ services, bus, database, firstAdmin }: Plan): string[] =>
  [
    ...Object.values(services).map(({ secret }) => secret),
    bus.secret,
    database.secret,
    firstAdmin?.secret,
  ].filter((name) => typeof name === 'string');

/** The end of the name of a key that is there for each service. */
export const keySuffix = (service: string): string => service.toUpperCase().replaceAll('-', '_');

export const busPasswordKey = (service: string): string => `REDIS_PASSWORD_${keySuffix(service)}`;
export const rolePasswordKey = (service: string): string =>
  `POSTGRES_PASSWORD_${keySuffix(service)}`;

/** The password of the superuser, as the image of PostgreSQL names it. */
export const SUPERUSER_KEY = 'POSTGRES_PASSWORD';

/** The services that keep data, by name. */
export const databaseServices = ({ services }: Plan): string[] =>
  Object.keys(services).filter((name) => services[name]?.database);
