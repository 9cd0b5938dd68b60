import { z } from 'zod';
import type { Deprecated } from './deprecated.js';
import { Id, Instant } from './fields.js';
import type { ServiceName } from './services.js';
import { tolerant } from './tolerant.js';

/**
 * The contract of one event: a fact that a service tells whoever subscribes, with no answer. On the
 * bus it is a CloudEvent (CNCF CloudEvents 1.0, JSON format) on the topic of its name.
 */
export interface EventContract<D extends z.ZodType = z.ZodType> {
  /**
   * `subject.fact` in the past tense; its first part is the service that publishes it. A later
   * version is told on a topic of its own, `orders.created.v2`, beside the one before.
   */
  readonly name: string;
  readonly service: ServiceName;
  /** Raised when a reader of the version before could not read it. */
  readonly version: number;
  /** One sentence for the documents. */
  readonly summary: string;
  /** Absent while nobody needs to move to another version. */
  readonly deprecated?: Deprecated;
  readonly data: D;
  /** The whole CloudEvent as its publisher writes it: nothing in it that is not described. */
  readonly published: z.ZodType<CloudEvent<z.output<D>>>;
  /** The same as a subscriber takes it: what a later publisher added is left out, not refused. */
  readonly envelope: z.ZodType<CloudEvent<z.output<D>>>;
}

/** What stands around the data of every event. */
export interface CloudEvent<D = unknown> {
  readonly specversion: '1.0';
  /** The same however often it is delivered: what an inbox remembers. */
  readonly id: string;
  /** The publishing service, `/orders`. */
  readonly source: string;
  /** Name and version, `orders.created.v1`. */
  readonly type: string;
  /** The id of what it is about. */
  readonly subject: string;
  readonly time: string;
  readonly datacontenttype: 'application/json';
  /** Where it stands among the events of its source: a larger one was written later (extension). */
  readonly sequence: string;
  /** The user whose request caused it; plain data, absent when nobody in particular (extension). */
  readonly actor?: string | undefined;
  /** The request that caused it (extension). */
  readonly correlationid?: string | undefined;
  /** W3C Trace Context of the request that caused it (distributed tracing extension). */
  readonly traceparent?: string | undefined;
  readonly data: D;
}

export type EventData<E extends EventContract> = z.output<E['data']>;
export type EventOf<E extends EventContract> = CloudEvent<EventData<E>>;

interface Definition<D extends z.ZodType> {
  /** The fact alone, without a version: `created`. */
  readonly name: string;
  readonly version: number;
  readonly summary: string;
  readonly deprecated?: Deprecated;
  readonly data: D;
}

/** As they look, for the documents. */
const examples = ['019ab2c4-7d11-7c3e-8a55-0f8d3a4c2b1e'];
const TRACEPARENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

/** The `type` of a contract's events: the fact and its version, `orders.created.v1`. */
export const eventType = ({ name, version }: Pick<EventContract, 'name' | 'version'>): string =>
  version === 1 ? `${name}.v1` : name;

/** The topic that events of this `type` are told on; the first version has the plain name. */
export const topicOf = (type: string): string => type.replace(/\.v1$/, '');

/** Builds the events of one service; names are prefixed with it. */
export function eventsOf(service: ServiceName) {
  return <D extends z.ZodType>(definition: Definition<D>): EventContract<D> => {
    const { version, data } = definition;
    const name = topicOf(`${service}.${definition.name}.v${version}`);
    const published = z.strictObject({
      specversion: z.literal('1.0'),
      id: Id.meta({ description: 'the same however often it is delivered' }),
      source: z.literal(`/${service}`),
      type: z.literal(eventType({ name, version })),
      subject: z.string().min(1).meta({ description: 'the id of what it is about', examples }),
      time: Instant,
      datacontenttype: z.literal('application/json'),
      sequence: z
        .string()
        .regex(/^\d{1,19}$/)
        .meta({ description: 'a larger one of this source was written later', examples: ['42'] }),
      actor: Id.optional().meta({ description: 'the user whose request caused it' }),
      correlationid: z
        .string()
        .optional()
        .meta({ description: 'the request that caused it, as in its `x-request-id`', examples }),
      traceparent: z
        .string()
        .optional()
        .meta({ description: 'W3C Trace Context of that request', examples: [TRACEPARENT] }),
      data,
    }) as unknown as EventContract<D>['published'];
    return Object.freeze({
      ...definition,
      name,
      service,
      published,
      envelope: tolerant(published),
    });
  };
}
