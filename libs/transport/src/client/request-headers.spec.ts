import { decodeHeader } from '../wire/header.js';
import { RequestHeaders, type RequestHead } from './request-headers.js';

const head: RequestHead = { id: 'AbC_-', pattern: 'orders.list', effect: 'none', deadline: 1_700 };
const written = { v: 1, k: 'q', p: 'orders.list', i: 'AbC_-', s: 'web', r: 'in', t: 1_700 };

describe('the header of a request', () => {
  const headers = new RequestHeaders('web', 'in');

  it('is what the wire contract says, for every request of a pattern', () => {
    for (const id of ['AbC_-', 'second']) {
      const header = decodeHeader(headers.write({ ...head, id }));
      expect(header).toEqual({ ...written, i: id, e: 'none' });
    }
  });

  it('carries metadata and an idempotency key', () => {
    const key = {
      sender: 'web',
      pattern: 'orders.list',
      key: 'a "b"',
      print: 'xyz',
      keepMs: 5_000,
    };
    const header = decodeHeader(headers.write({ ...head, metadata: { trace: '\n"' }, key }));
    const more = { e: 'none', m: { trace: '\n"' }, x: 'a "b"', xf: 'xyz', xt: 5_000 };
    expect(header).toEqual({ ...written, ...more });
  });

  it('keeps effects of one pattern apart, and patterns that need to be escaped', () => {
    for (const effect of ['none', 'once', 'idempotent'] as const) {
      expect(decodeHeader(headers.write({ ...head, effect }))?.e).toBe(effect);
    }
    const pattern = '{"cmd":"sum"}';
    expect(decodeHeader(headers.write({ ...head, pattern }))?.p).toBe(pattern);
  });

  it('stays right for a caller that makes up patterns', () => {
    for (let n = 0; n < 2_500; n += 1) headers.write({ ...head, pattern: `made.up-${n}` });
    expect(decodeHeader(headers.write(head))?.p).toBe('orders.list');
  });
});
