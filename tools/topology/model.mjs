/** What may stand in topology.yaml. The JSON Schema for editors is made from it. */
import { z } from 'zod';

export const SCHEMA_FILE = 'docs/generated/topology.v1.schema.json';

/** As long as a name in DNS may be, with room for what charts put before and behind it. */
const NAME = /^[a-z][a-z0-9-]{0,29}$/;
const Name = z.string().regex(NAME, 'must be a name in lower case such as orders');
const Topic = z
  .string()
  .regex(/^[a-z][a-z0-9-]*(\.[a-z][a-z0-9-]*)+$/, 'must be a topic such as orders.created');
const list = (item, description) =>
  z
    .array(item)
    .refine((items) => new Set(items).size === items.length, 'names something twice')
    .default([])
    .meta({ description });

const Service = z
  .strictObject({
    is: z.string().min(1).max(120).meta({ description: 'what it is for, half a sentence' }),
    calls: list(Name, 'the services that it sends requests to'),
    publishes: list(Topic, 'the topics of its own events; they begin with its name'),
    subscribes: list(Topic, 'the topics whose events it handles'),
    broadcasts: list(Name, 'the channels that it tells every process on, at most once'),
    hears: list(Name, 'the broadcast channels that it listens to'),
    database: z.boolean().meta({ description: 'whether it has a schema and a role of its own' }),
    forwards: list(Name, 'the upstreams that it passes HTTP requests on to'),
    outside: list(Name, 'what it reaches outside the platform'),
  })
  .meta({ description: 'one app: what is not said here does not work anywhere' });

const Upstream = z
  .strictObject({
    is: z.string().min(1).max(120).meta({ description: 'what it serves, half a sentence' }),
    url: z
      .string()
      .regex(/^[A-Z][A-Z0-9_]*$/, 'must be the name of a setting such as WEB_URL')
      .meta({ description: 'the setting that says where it is' }),
  })
  .meta({ description: 'a container that speaks HTTP and nothing else, behind the gateway' });

const Outside = z
  .strictObject({
    is: z.string().min(1).max(120).meta({ description: 'what it is asked for, half a sentence' }),
    lies: z
      .enum(['in-cluster', 'on-internet'])
      .meta({ description: 'which addresses a network policy has to allow' }),
  })
  .meta({ description: 'what is no part of the platform' });

const Server = z.strictObject({
  url: z
    .string()
    .regex(/^[A-Z][A-Z0-9_]*$/, 'must be the name of a setting such as REDIS_URL')
    .meta({ description: 'the setting that says where it is' }),
  eviction: z.enum(['noeviction', 'allkeys-lfu', 'allkeys-lru']),
  durable: z.boolean().meta({ description: 'whether its data outlives its process' }),
});

export const TopologyModel = z.strictObject({
  apiVersion: z.literal('topology/v1', { error: 'must be topology/v1' }),
  services: z.record(Name, Service, 'must be a mapping of services by name'),
  upstreams: z.record(Name, Upstream).default({}),
  outside: z.record(Name, Outside).default({}),
  redis: z.strictObject({ bus: Server, cache: Server }).optional(),
});

/** @typedef {z.output<typeof Service>} Service */
/** @typedef {Omit<z.output<typeof TopologyModel>, 'apiVersion'>} Topology */

export function topologySchema() {
  const schema = z.toJSONSchema(TopologyModel, { io: 'input' });
  return `${JSON.stringify({ title: 'Courtside topology, version 1', ...schema }, undefined, 2)}\n`;
}
