import {
  messages,
  serviceNames,
  topology,
  type Message,
  type ServiceName,
} from '@courtside/contracts';
import { keyNames } from '@courtside/transport';
import type { Components } from '../components.js';
import { deprecation, type DocumentPart } from './event-part.js';
import { payloadSchema } from './payload-schema.js';
import { referenceTo } from './reference.js';

const keys = keyNames();
const REFUSAL = 'refusal';

/** The messages that a service answers. */
export const answeredBy = (service: ServiceName): Message[] =>
  [...messages.values()].filter((message) => message.service === service);

/** Who may send a message: whom its contract names, or else who may ask its service at all. */
export const callersOf = ({ access, service }: Message): readonly ServiceName[] =>
  access.by === 'service'
    ? access.callers
    : serviceNames.filter((name) => topology[name].calls.includes(service));

/** The requests that one service answers, each with its reply. */
export function requestPart(service: ServiceName, components: Components): DocumentPart {
  const answered = answeredBy(service);
  if (answered.length === 0) return { channels: {}, operations: {}, messages: {} };
  const channel = `${service}.requests`;
  return {
    channels: {
      [channel]: {
        address: service,
        title: `Requests to ${service}`,
        summary: topology[service].is,
        servers: [referenceTo('servers', 'bus')],
        messages: namesOf(answered.map(({ name }) => name)),
        tags: [{ name: service }],
        'x-stream': keys.stream({ kind: 'requests', name: service }),
        'x-groups': [service],
      },
    },
    operations: Object.fromEntries(
      answered.map((message) => [`${service}.answers.${message.name}`, answer(message, channel)]),
    ),
    messages: Object.assign({}, ...answered.map((each) => messagePair(each, components))),
  };
}

/** Where every reply goes: an inbox that only its owner reads. */
export const replyChannel = () => ({
  address: null,
  title: 'Replies',
  summary: 'The inbox of one client instance, which its requests name',
  servers: [referenceTo('servers', 'bus')],
  messages: namesOf([...[...messages.keys()].map(replyTo), REFUSAL]),
});

const replyTo = (name: string): string => `${name}.reply`;

const namesOf = (names: readonly string[]) =>
  Object.fromEntries(names.map((name) => [name, referenceTo('components', 'messages', name)]));

function answer({ name, service, summary, effect, ...message }: Message, channel: string) {
  const reply = (kind: string) => referenceTo('channels', 'replies', 'messages', kind);
  return {
    action: 'receive',
    channel: referenceTo('channels', channel),
    messages: [referenceTo('channels', channel, 'messages', name)],
    title: `${service} answers ${name}`,
    summary,
    tags: [{ name: service }],
    reply: {
      address: { location: '$message.header#/r' },
      channel: referenceTo('channels', 'replies'),
      messages: [reply(replyTo(name)), reply(REFUSAL)],
    },
    'x-effect': effect,
    'x-callers': callersOf({ name, service, summary, effect, ...message }),
  };
}

function messagePair(message: Message, components: Components) {
  const { name, service, summary, input, output } = message;
  const common = {
    contentType: 'application/json',
    correlationId: referenceTo('components', 'correlationIds', 'request'),
    tags: [{ name: service }],
  };
  return {
    [name]: {
      ...common,
      name,
      title: name,
      summary,
      ...deprecation(message.deprecated),
      headers: referenceTo('components', 'schemas', 'RequestHeader'),
      payload: components.add(payloadSchema(input, 'asked')),
    },
    [replyTo(name)]: {
      ...common,
      name: replyTo(name),
      title: `Reply to ${name}`,
      payload: components.add(payloadSchema(output, 'read')),
    },
  };
}
