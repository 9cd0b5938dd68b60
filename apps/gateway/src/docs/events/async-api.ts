import { problems, serviceNames } from '@courtside/contracts';
import { Components } from '../components.js';
import { API_VERSION } from '../platform-api.js';
import { busHeaders } from './bus-headers.js';
import { describedEvents } from './described-event.js';
import { eventPart, type DocumentPart } from './event-part.js';
import { referenceTo } from './reference.js';
import { replyChannel, requestPart } from './request-part.js';

/** What a service refuses with: the data of a problem, without what HTTP adds. */
const refusal = {
  name: 'refusal',
  title: 'Refusal',
  summary: 'Why a request was not done; explained at `/problems/{code}`',
  contentType: 'application/json',
  payload: {
    type: 'object',
    properties: {
      code: { type: 'string', enum: Object.keys(problems) },
      detail: { type: 'string' },
      errors: {
        type: 'array',
        items: {
          type: 'object',
          properties: { pointer: { type: 'string' }, detail: { type: 'string' } },
          required: ['pointer', 'detail'],
        },
      },
      retryAfter: { type: 'number', description: 'seconds' },
    },
    required: ['code', 'detail'],
  },
};

const bus = {
  host: '{bus}',
  protocol: 'redis',
  protocolVersion: '7.0',
  title: 'The bus',
  description:
    'Redis 7 or Valkey, by its streams: one for each topic with a consumer group for each ' +
    'subscribing service, one for the requests of each service. An entry has two fields: `h`, the ' +
    'header, and `d`, the payload. Keys begin with `BUS_PREFIX`, `nx` unless it is set.',
  variables: {
    bus: { default: 'localhost:6379', description: 'what `REDIS_URL` of the installation names' },
  },
  security: [referenceTo('components', 'securitySchemes', 'service')],
};

/** The AsyncAPI 3.0 document of everything that passes on the bus, made from contracts and topology. */
export function asyncApi(): object {
  const components = new Components();
  const parts: DocumentPart[] = [
    ...describedEvents().map((event) => eventPart(event, components)),
    ...serviceNames.map((service) => requestPart(service, components)),
  ];
  const all = (kind: keyof DocumentPart) => Object.assign({}, ...parts.map((part) => part[kind]));
  return {
    asyncapi: '3.0.0',
    id: 'urn:courtside:bus',
    info: {
      title: 'Courtside: events and messages',
      version: API_VERSION,
      description:
        'What the services tell and ask each other. An event is a CloudEvent (CNCF CloudEvents ' +
        '1.0, JSON format), delivered at least once and in the order of `sequence` for each source: ' +
        'remember its `id`. Leave out what you do not know: a publisher may add fields within a ' +
        'version. A change that a reader could not bear gets a new version on a topic of its own.',
      license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
    },
    defaultContentType: 'application/json',
    servers: { bus },
    channels: { ...all('channels'), replies: replyChannel() },
    operations: all('operations'),
    components: {
      messages: { ...all('messages'), refusal },
      schemas: { ...components.schemas, ...busHeaders },
      correlationIds: {
        event: {
          location: '$message.payload#/correlationid',
          description: 'the request that caused it',
        },
        request: { location: '$message.header#/i', description: 'a reply names it first' },
      },
      securitySchemes: {
        service: {
          type: 'userPassword',
          description: 'each service has an account on the bus that may do what topology.yaml says',
        },
      },
    },
  };
}
