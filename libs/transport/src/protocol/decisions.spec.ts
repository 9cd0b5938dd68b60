import type { Header } from '../wire/header.js';
import { admit } from './admission.js';
import { CancelledIds } from './cancelled-ids.js';
import { InFlight } from './in-flight.js';
import { retryDefault, retryDelay } from './retry.js';

const asked: Header = { v: 1, k: 'q', p: 'a.b', i: 'id', s: 'me', r: 'inbox', t: 1_000 };
const state = { now: 0, attempt: 1, isCancelled: false };

describe('admission', () => {
  it('drops what nobody waits for any more', () => {
    expect(admit(asked, { ...state, now: 1_000 })).toBe('drop');
    expect(admit(asked, { ...state, isCancelled: true })).toBe('drop');
  });

  it('runs a request again only where its effect allows it, and not for ever', () => {
    expect(admit(asked, { ...state, attempt: 2 })).toBe('unknown-outcome');
    expect(admit({ ...asked, e: 'once' }, { ...state, attempt: 2 })).toBe('unknown-outcome');
    expect(admit({ ...asked, e: 'none' }, { ...state, attempt: 3 })).toBe('run');
    expect(admit({ ...asked, e: 'idempotent' }, { ...state, attempt: 4 })).toBe('unknown-outcome');
  });

  it('never drops what may have run: its key has to remember', () => {
    expect(admit(asked, { now: 2_000, attempt: 2, isCancelled: true })).toBe('unknown-outcome');
    const repeatable = { ...asked, e: 'idempotent' } as const;
    expect(admit(repeatable, { now: 2_000, attempt: 2, isCancelled: false })).toBe('drop');
  });

  it('runs an event however late it is', () => {
    const event: Header = { v: 1, k: 'e', p: 'a.b', i: 'id', s: 'me' };
    expect(admit(event, { ...state, now: 10 ** 15, attempt: 4 })).toBe('run');
  });
});

describe('a retry', () => {
  it('waits longer each time, within its bound, and half of it at random', () => {
    expect(retryDelay(1, retryDefault, () => 0)).toBe(500);
    expect(retryDelay(1, retryDefault, () => 1)).toBe(1_000);
    expect(retryDelay(3, retryDefault, () => 1)).toBe(4_000);
    expect(retryDelay(20, { ...retryDefault, attemptsMax: 99 }, () => 1)).toBe(60_000);
  });

  it('ends with the last attempt', () => {
    expect(retryDelay(5, retryDefault, () => 0)).toBeUndefined();
  });
});

describe('what is in flight', () => {
  it('refuses an entry that is in work, until the broker confirmed its end', () => {
    const inFlight = new InFlight<string>(2);
    expect(inFlight.open('a', 'A')).toBe(true);
    expect(inFlight.open('a', 'A')).toBe(false);
    expect(inFlight.next()).toBe('A');
    inFlight.done();
    expect(inFlight.room).toBe(2);
    expect(inFlight.open('a', 'A')).toBe(false);
    inFlight.close('a');
    expect(inFlight.open('a', 'A')).toBe(true);
  });

  it('runs no more at once than may, and lets those that wait be taken back', () => {
    const inFlight = new InFlight<string>(1);
    inFlight.open('a', 'A');
    inFlight.open('b', 'B');
    expect([inFlight.next(), inFlight.next(), inFlight.room]).toEqual(['A', undefined, 0]);
    expect(inFlight.takeWaiting()).toEqual(['B']);
    inFlight.done();
    expect([inFlight.next(), inFlight.room]).toEqual([undefined, 1]);
  });
});

describe('the ids of cancelled requests', () => {
  it('are bounded: the oldest is forgotten first', () => {
    const ids = new CancelledIds(2);
    for (const id of ['a', 'b', 'c']) ids.add(id);
    expect([ids.has('a'), ids.has('b'), ids.has('c')]).toEqual([false, true, true]);
  });
});
