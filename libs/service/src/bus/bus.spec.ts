import { auth, orders, products, users, type Message } from '@courtside/contracts';
import {
  RemoteError,
  TransportError,
  type BrokerStatus,
  type TransportClient,
} from '@courtside/transport';
import { Bus } from './bus.js';
import { HEDGE_AFTER_MS } from './hedging.js';
import { metadataKeys, type Metadata } from './metadata.js';

type Outcome = string | Error | 'never';

interface Sent {
  readonly proof: string;
  readonly deadline: number;
}

/** A bus on which requests end like this, one after another. */
function aBus(...outcomes: Outcome[]) {
  const sent: Sent[] = [];
  const client = {
    requestRaw: (_name: string, _body: string, options: never) => {
      const { metadata, deadline } = options as { metadata: Metadata; deadline: number };
      sent.push({ proof: metadata['proof'] ?? '', deadline });
      const outcome = outcomes[sent.length - 1] ?? 'never';
      if (outcome === 'never') return new Promise(() => {});
      return outcome instanceof Error ? Promise.reject(outcome) : Promise.resolve(outcome);
    },
  } as unknown as TransportClient;
  let proofs = 0;
  const proof = { metadataFor: () => ({ proof: String((proofs += 1)) }) };
  const listeners: ((status: BrokerStatus) => void)[] = [];
  const tell = (status: BrokerStatus) => listeners.forEach((listener) => listener(status));
  const onStatus = (listener: (status: BrokerStatus) => void) => {
    listeners.push(listener);
    listener('connected');
    return () => undefined;
  };
  const bus = new Bus('gateway', client, { onStatus } as never, proof, 5_000);
  const ask = (message: Message, metadata?: Metadata) =>
    bus.requestText(message, {}, metadata && { metadata });
  return { ask, sent, tell };
}

const unknown = new TransportError('UNKNOWN_OUTCOME', 'a replica died');
const keyed = { [metadataKeys.idempotencyKey]: 'k' };
const late = expect.objectContaining({ code: 'service.late' });

describe('a write whose replica died', () => {
  it.each([
    ['that has an idempotency key', orders.create, keyed],
    ['that is the same when done twice', orders.cancel, undefined],
  ])('%s is sent again, with a proof of its own and no more time', async (_, message, metadata) => {
    const { ask, sent } = aBus(unknown, 'done');
    expect(await ask(message, metadata)).toBe('done');
    expect(sent.map(({ proof }) => proof)).toEqual(['1', '2']);
    expect(sent[1]?.deadline).toBe(sent[0]?.deadline);
  });

  it.each([
    ['that has no key', orders.create, undefined],
    ['whose key its service does not heed', auth.refreshSession, keyed],
    ['that names the version it has seen', users.update, { [metadataKeys.ifMatch]: '"1"' }],
  ])('%s is not sent again: its client is told to look', async (_, message, metadata) => {
    const { ask, sent } = aBus(unknown, 'done');
    await expect(ask(message, metadata)).rejects.toEqual(late);
    expect(sent).toHaveLength(1);
  });

  it('twice is given up', async () => {
    const { ask, sent } = aBus(unknown, unknown, 'done');
    await expect(ask(orders.cancel)).rejects.toEqual(late);
    expect(sent).toHaveLength(2);
  });
});

describe('a request that takes long, and is answered alike however often it is asked', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());
  const wait = () => jest.advanceTimersByTimeAsync(HEDGE_AFTER_MS);

  it('is asked once more, and the first answer counts', async () => {
    const { ask, sent } = aBus('never', 'answered');
    const asked = ask(products.list);
    expect(sent).toHaveLength(1);
    await wait();
    expect(await asked).toBe('answered');
    expect(sent).toHaveLength(2);
  });

  it('takes a refusal for an answer, and waits where the second did not arrive', async () => {
    const refusal = new RemoteError({ code: 'products.unknown', detail: 'no such product' });
    const refused = aBus('never', refusal);
    const asked = refused.ask(products.read).catch((error: Error) => error.message);
    await wait();
    expect(await asked).toContain('no such product');
    const { ask } = aBus('never', new TransportError('NO_CONSUMER', 'nobody'));
    let hasEnded = false;
    void ask(products.list).finally(() => (hasEnded = true));
    await wait();
    expect(hasEnded).toBe(false);
  });

  it('is a write too whose service knows its key, with a proof of its own', async () => {
    const { ask, sent } = aBus('never', 'placed');
    const asked = ask(orders.create, keyed);
    await wait();
    expect(await asked).toBe('placed');
    expect(sent.map(({ proof }) => proof)).toEqual(['1', '2']);
  });

  it('is no other: what is answered soon, or was done the second time, is asked once', async () => {
    const { ask, sent } = aBus('answered', 'never', 'never');
    await ask(products.list);
    void ask(orders.cancel);
    void ask(orders.create);
    await wait();
    expect(sent).toHaveLength(3);
  });

  it('is asked twice by one in ten: who is slow is not given twice as much to do', async () => {
    const { ask, sent } = aBus();
    for (let n = 0; n < 100; n += 1) void ask(products.list);
    await wait();
    expect(sent.length).toBeLessThanOrEqual(100 + 20);
  });
});

describe('a request that is late', () => {
  const tooLate = () => new TransportError('DEADLINE_EXCEEDED', 'nobody answered');
  const away = expect.objectContaining({ code: 'service.unavailable', status: 503, retryAfter: 2 });

  it('says that the service is slow, where the bus is there', async () => {
    const { ask } = aBus(tooLate());
    await expect(ask(orders.create)).rejects.toEqual(late);
  });

  it('says when to come again while the bus is away, and when it was away meanwhile', async () => {
    const { ask, tell } = aBus(tooLate(), 'done', tooLate());
    tell('reconnecting');
    await expect(ask(orders.create)).rejects.toEqual(away);
    tell('connected');
    expect(await ask(orders.create)).toBe('done');
    const asking = ask(orders.create);
    tell('reconnecting');
    tell('connected');
    await expect(asking).rejects.toEqual(away);
  });
});
