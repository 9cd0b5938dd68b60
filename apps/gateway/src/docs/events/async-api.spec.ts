import schema from '@asyncapi/specs/schemas/3.0.0-without-$id.json' with { type: 'json' };
import { events, messages, subscribersOf, topology } from '@courtside/contracts';
import { Ajv, type ErrorObject } from 'ajv';
import { asyncApi } from './async-api.js';
import { describedEvents } from './described-event.js';

interface Reference {
  readonly $ref: string;
}
interface Operation {
  readonly action: 'send' | 'receive';
  readonly channel: Reference;
  readonly messages: readonly Reference[];
  readonly reply?: { readonly channel: Reference; readonly messages: readonly Reference[] };
  readonly tags: readonly { readonly name: string }[];
}
interface Document {
  readonly channels: Record<string, { readonly messages: Record<string, Reference> }>;
  readonly operations: Record<string, Operation>;
  readonly components: { readonly messages: Record<string, Described> };
}
interface Described {
  readonly payload: object;
  readonly examples?: readonly { readonly payload: unknown }[];
}

// As it is served: what JSON does not carry is not there.
const text = JSON.stringify(asyncApi());
const document = JSON.parse(text) as Document;
const ajv = () => new Ajv({ strict: false, allErrors: true, validateFormats: false });
const isValid = ajv().compile(schema);

/** What the official schema finds wrong with a document; alternatives that were not meant left out. */
function faultsOf(value: unknown): string[] {
  isValid(value);
  const tell = ({ instancePath, message }: ErrorObject) => `${instancePath} ${message}`;
  return (isValid.errors ?? []).map(tell);
}

const target = (reference: string): unknown => {
  const steps = reference.replace('#/', '').split('/');
  return steps.reduce<unknown>(
    (value, step) => (value as Record<string, unknown> | undefined)?.[step],
    document,
  );
};

describe('the AsyncAPI document', () => {
  it('is valid by the official JSON Schema of AsyncAPI 3.0', () => {
    expect(faultsOf(document)).toEqual([]);
  });

  it('would be found out if it were not', () => {
    const [name = ''] = Object.keys(document.operations);
    const broken = structuredClone(document) as unknown as { operations: Record<string, object> };
    broken.operations[name] = { ...broken.operations[name], action: 'publish' };
    expect(faultsOf(broken)).not.toEqual([]);
    expect(faultsOf({ ...document, channel: {} })).not.toEqual([]);
  });

  it('refers only to what it holds', () => {
    const references = [...text.matchAll(/"\$ref":"([^"]+)"/g)].map(([, path = '']) => path);
    expect(references.length).toBeGreaterThan(100);
    expect(references.filter((path) => target(path) === undefined)).toEqual([]);
  });

  it('lets an operation name only messages of its channel', () => {
    for (const { channel, messages: named, reply } of Object.values(document.operations)) {
      for (const { $ref } of named) expect($ref.startsWith(`${channel.$ref}/messages/`)).toBe(true);
      for (const { $ref } of reply?.messages ?? []) {
        expect($ref.startsWith(`${reply?.channel.$ref}/messages/`)).toBe(true);
      }
    }
  });

  it('says of every event who tells it and who handles it, as topology.yaml does', () => {
    expect(events.size).toBeGreaterThan(3);
    for (const { name, service } of events.values()) {
      const operations = Object.values(document.operations).filter(
        ({ channel }) => channel.$ref === `#/channels/${name}`,
      );
      const by = (action: string) =>
        operations.filter((each) => each.action === action).map(({ tags }) => tags[0]?.name);
      expect([name, by('send'), by('receive')]).toEqual([name, [service], subscribersOf(name)]);
    }
  });

  it('says of every message which service answers it, and with what', () => {
    const answered = Object.values(document.operations).flatMap(({ reply, messages: named }) =>
      reply ? named.map(({ $ref }) => $ref.split('/').at(-1)) : [],
    );
    expect(answered.sort()).toEqual([...messages.keys()].sort());
    const callers = Object.entries(topology).flatMap(([name, { calls }]) =>
      calls.includes('products') ? [name] : [],
    );
    expect(document.operations['products.answers.products.read']).toMatchObject({
      action: 'receive',
      'x-callers': callers,
      reply: { messages: [{ $ref: '#/channels/replies/messages/products.read.reply' }, {}] },
    });
  });
});

describe('the example of an event', () => {
  it.each(describedEvents().map((described) => [described.type, described] as const))(
    '%s is what its contract takes; a field that has none names one by meta({ examples })',
    (type, { event, example }) => {
      expect(event.published.safeParse(example).error?.issues ?? []).toEqual([]);
      const { payload } = document.components.messages[type]!;
      const whole = { ...payload, components: document.components };
      const check = ajv().compile(whole);
      expect([check(example), check.errors]).toEqual([true, null]);
      expect(check({ ...(example as object), subject: undefined, source: '/elsewhere' })).toBe(
        false,
      );
    },
  );

  it('shows the fields that may be absent too', () => {
    for (const { example } of describedEvents()) {
      expect(Object.keys(example as object)).toEqual(
        expect.arrayContaining(['actor', 'correlationid', 'traceparent', 'data']),
      );
    }
  });
});
