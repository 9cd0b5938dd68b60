import type { Components } from '../components.js';
import type { DescribedEvent } from './described-event.js';
import { referenceTo } from './reference.js';

type Described = Record<string, unknown>;

/** What each kind of part of an AsyncAPI document gets: by name. */
export interface DocumentPart {
  readonly channels: Described;
  readonly operations: Described;
  readonly messages: Described;
}

/** One event: its channel, its message, and an operation for each service that tells or handles it. */
export function eventPart(described: DescribedEvent, components: Components): DocumentPart {
  const { event, type, publishers, subscribers, stream, payload, example } = described;
  const { name, summary, service } = event;
  const operation = (action: 'send' | 'receive', by: string, says: string) => ({
    action,
    channel: referenceTo('channels', name),
    messages: [referenceTo('channels', name, 'messages', type)],
    title: `${by} ${says} ${name}`,
    summary,
    tags: [{ name: by }],
  });
  return {
    channels: {
      [name]: {
        address: name,
        title: name,
        summary,
        description: `Told by ${publishers.join(', ')}. Handled by ${subscribers.join(', ') || 'nobody yet'}.`,
        servers: [referenceTo('servers', 'bus')],
        messages: { [type]: referenceTo('components', 'messages', type) },
        tags: [{ name: service }],
        'x-stream': stream,
        'x-groups': subscribers,
      },
    },
    operations: Object.fromEntries([
      ...publishers.map((by) => [`${by}.tells.${name}`, operation('send', by, 'tells')]),
      ...subscribers.map((by) => [`${by}.handles.${name}`, operation('receive', by, 'handles')]),
    ]),
    messages: {
      [type]: {
        name: type,
        title: type,
        summary,
        ...deprecation(event.deprecated),
        contentType: 'application/cloudevents+json',
        headers: referenceTo('components', 'schemas', 'EventHeader'),
        payload: components.add(payload),
        correlationId: referenceTo('components', 'correlationIds', 'event'),
        tags: [{ name: service }],
        examples: [{ name: 'example', payload: example }],
      },
    },
  };
}

/** How the document tells that a message or event will go. */
export const deprecation = (deprecated: { since: string; successor: string } | undefined) =>
  deprecated && {
    deprecated: true,
    description: `Deprecated since ${deprecated.since}: use \`${deprecated.successor}\`.`,
  };
