import { keyNames } from '../broker/key-names.js';
import { asFormat1, encodeEventHeader, headerOf } from './event-header.js';
import { decodeHeader, encodeHeader } from './header.js';
import { isTooLarge } from './payload.js';
import { encodeReference, referenceOf } from './reference.js';
import { decodeFrame, encodeReply } from './reply-frame.js';

describe('a header', () => {
  it('comes back as it was written', () => {
    const header = { v: 1, k: 'e', p: 'orders.paid', i: 'x', s: 'orders', m: { a: 'b' } } as const;
    expect(decodeHeader(encodeHeader(header))).toEqual(header);
  });

  it('of another version, shape or with wild metadata is refused', () => {
    const good = { v: 1, k: 'q', p: 'a', i: 'b', s: 'c', r: 'd', t: 5 };
    expect(decodeHeader(JSON.stringify(good))).toEqual(good);
    const bad = [
      { ...good, v: 2 },
      { ...good, t: '5' },
      { ...good, r: undefined },
      { ...good, e: 'twice' },
      { ...good, m: { a: 1 } },
      { ...good, m: [] },
      null,
      'text',
    ];
    for (const value of bad) expect(decodeHeader(JSON.stringify(value))).toBeUndefined();
    expect(decodeHeader('{')).toBeUndefined();
  });
});

describe('the header of an event', () => {
  const paid = { id: '1764058532500-3', queue: { kind: 'events', name: 'orders.paid' } } as const;
  const made = { topic: 'orders.paid', tag: 'kX3-_a', sender: 'orders' };

  it('says no more than what its topic and entry do not say', () => {
    expect(encodeEventHeader(made)).toBe('2kX3-_a');
    expect(encodeEventHeader({ ...made, metadata: {} })).toBe('2kX3-_a');
    expect(headerOf({ ...paid, header: '2kX3-_a' })).toEqual({
      v: 2,
      k: 'e',
      p: 'orders.paid',
      i: '1764058532500-3.kX3-_a',
      s: 'orders',
    });
  });

  it('brings another sender and the metadata along', () => {
    const header = encodeEventHeader({ ...made, sender: 'mail', metadata: { a: 'ü' } });
    expect(headerOf({ ...paid, header })).toMatchObject({ s: 'mail', m: { a: 'ü' } });
  });

  it('keeps its id when the entry is put back from the dead letters', () => {
    const again = { ...paid, header: '2kX3-_a', id: '1764058599999-0', firstId: paid.id };
    expect(headerOf(again)?.i).toBe('1764058532500-3.kX3-_a');
  });

  it('can be told to those who read format 1 alone', () => {
    const header = encodeEventHeader({ ...made, metadata: { a: 'b' } });
    const told = asFormat1(header, 'orders.paid', 'new');
    const all = { v: 1, k: 'e', p: 'orders.paid', i: 'new', s: 'orders', m: { a: 'b' } };
    expect(decodeHeader(told)).toEqual(all);
    expect(asFormat1(told, 'orders.paid', 'other')).toBe(told);
  });

  it('that makes no sense, or is a request, is refused', () => {
    for (const rest of [
      '',
      'kX3',
      'kX3-_!',
      'kX3-_a1',
      'kX3-_a{',
      'kX3-_a{"s":1}',
      'kX3-_a{"m":[]}',
    ]) {
      expect(headerOf({ ...paid, header: `2${rest}` })).toBeUndefined();
    }
    const requests = { kind: 'requests', name: 'orders' } as const;
    expect(headerOf({ ...paid, header: '2kX3-_a', queue: requests })).toBeUndefined();
    expect(headerOf({ ...paid, header: '2kX3-_anull' })).toBeUndefined();
  });
});

describe('a frame', () => {
  it('holds many replies and hands on each payload as its own text', () => {
    const replies = [
      { id: 'a', kind: 'V', body: JSON.stringify({ text: 'two\nlines' }) },
      { id: 'b', kind: 'C', body: '' },
      { id: 'c', kind: 'E', body: '"no"' },
    ] as const;
    expect(decodeFrame(replies.map(encodeReply).join(''))).toEqual(replies);
  });

  it('that makes no sense yields nothing and never throws', () => {
    for (const text of ['', '\n', 'a V', 'a V\n', 'a X\n1\n', '\n\n\n']) {
      expect(decodeFrame(text)).toEqual([]);
    }
  });
});

describe('a reference to a payload', () => {
  it('comes back as it was written, and is no JSON text', () => {
    const reference = { name: 'orders.x-1.7.0', bytes: 70_000 };
    expect(referenceOf(encodeReference(reference))).toEqual(reference);
    for (const text of ['"@a 1"', '@a', '@', '@a b c', '@a -1', '']) {
      expect(referenceOf(text)).toBeUndefined();
    }
  });
});

describe('the size of a text', () => {
  it('is counted in bytes of UTF-8', () => {
    expect(isTooLarge('é'.repeat(5), 10)).toBe(false);
    expect(isTooLarge('é'.repeat(6), 10)).toBe(true);
  });
});

describe('the names of keys', () => {
  const keys = keyNames();
  const tag = (key: string) => /\{([^}]*)\}/.exec(key)?.[1];

  it('are those of the contract', () => {
    const requests = { kind: 'requests', name: 'orders' } as const;
    expect(keys.stream(requests)).toBe('nx:{orders.0}:q');
    expect(keys.presence(requests, 'orders')).toBe('nx:{orders.0}:hb');
    expect(keys.inbox('gateway', 'x1')).toBe('nx:r:gateway:x1');
  });

  it('of one queue share a hash tag, whatever its name', () => {
    for (const name of ['orders.paid', '{"cmd":"a"}', 'a}b', 'ü:*']) {
      const queue = { kind: 'events', name } as const;
      const all = [
        keys.stream(queue),
        keys.presence(queue, 'mail'),
        keys.later(queue, 'mail'),
        keys.deadLetters(queue),
        keys.sent(queue, 'p'),
      ];
      expect(new Set(all.map(tag)).size).toBe(1);
      expect(new Set(all).size).toBe(5);
    }
  });
});
