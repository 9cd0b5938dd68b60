import { z } from 'zod';
import { eventsOf, topicOf } from './event.js';
import { events } from './events.js';
import { Price } from './fields.js';
import { messages } from './messages.js';
import { topology } from './topology.js';

const ID = '019ab2c4-7d11-7c3e-8a55-0f8d3a4c2b1e';
const paid = eventsOf('orders')({
  name: 'paid',
  version: 2,
  summary: 'An order is paid',
  data: z.strictObject({
    lines: z.array(z.strictObject({ price: Price.nullable() })),
    by: z.union([z.strictObject({ card: z.string() }), z.strictObject({ voucher: z.string() })]),
    note: z.strictObject({ text: z.string() }).optional(),
  }),
});
const anEvent = (data: object, more: object = {}) => ({
  specversion: '1.0',
  id: ID,
  source: '/orders',
  type: 'orders.paid.v2',
  subject: ID,
  time: '2026-01-02T03:04:05.678Z',
  datacontenttype: 'application/json',
  sequence: '42',
  data,
  ...more,
});
const price = { amount: 1, currency: 'EUR' };
const data = { lines: [{ price }, { price: null }], by: { card: 'c' }, note: { text: 't' } };

describe('an event', () => {
  it('has a topic of its own for each version after the first', () => {
    expect([paid.name, topicOf('orders.paid.v2'), topicOf('orders.paid.v1')]).toEqual([
      'orders.paid.v2',
      'orders.paid.v2',
      'orders.paid',
    ]);
    const first = eventsOf('orders')({ name: 'paid', version: 1, summary: '', data: z.null() });
    expect(first.name).toBe('orders.paid');
    const type = { ...anEvent(data), type: 'orders.paid.v1' };
    expect(paid.envelope.safeParse(type).success).toBe(false);
  });

  it('is read without what the reader does not know yet, at any depth', () => {
    const later = {
      lines: [{ price: { ...price, tax: 1 }, weight: 5 }, { price: null }],
      by: { card: 'c', bank: 'b' },
      note: { text: 't', language: 'de' },
      channel: 'web',
    };
    expect(paid.envelope.parse(anEvent(later, { region: 'eu' }))).toEqual(anEvent(data));
    expect(paid.published.safeParse(anEvent(later)).success).toBe(false);
    expect(paid.published.parse(anEvent(data))).toEqual(anEvent(data));
  });

  it('is refused by its reader for what is missing or wrong', () => {
    for (const wrong of [
      { ...data, lines: [{}] },
      { ...data, lines: [{ price: { amount: -1, currency: 'EUR' } }] },
      { ...data, by: { cash: true } },
      { ...data, note: {} },
    ]) {
      expect(paid.envelope.safeParse(anEvent(wrong)).success).toBe(false);
    }
    expect(paid.envelope.safeParse(anEvent(data, { sequence: 'x' })).success).toBe(false);
  });
});

describe('the contracts of one version beside another', () => {
  const all = [...messages.values(), ...events.values()];

  it('are named by it from the second on, and nothing else ends like a version', () => {
    for (const { name } of all) expect(name).toMatch(/^[a-z]+(\.[a-z][a-z-]*)(\.v\d+)?$/);
    for (const { name } of all) expect(name).not.toMatch(/\.v[01]$/);
    for (const { name, version } of events.values()) {
      expect(name.endsWith(`.v${version}`)).toBe(version > 1);
    }
  });

  it('name a successor that exists where they are deprecated', () => {
    const names = new Set(all.map(({ name }) => name));
    const dead = all.filter(({ deprecated }) => deprecated && !names.has(deprecated.successor));
    expect(dead).toEqual([]);
  });

  it('are told by the one service that topology.yaml names', () => {
    for (const { name, service } of events.values()) {
      const publishers = Object.entries(topology).filter(([, { publishes }]) =>
        publishes.includes(name),
      );
      expect([name, publishers.map(([publisher]) => publisher)]).toEqual([name, [service]]);
    }
    const told = Object.values(topology).flatMap(({ publishes }) => publishes);
    expect(told.filter((topic) => !events.has(topic))).toEqual([]);
  });
});
