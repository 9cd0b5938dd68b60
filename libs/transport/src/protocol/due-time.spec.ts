import { dueMsMax, scheduleOf, type DueOptions } from './due-time.js';

const now = 1_764_000_000_000;
const made = (options: DueOptions) => scheduleOf(options, now, () => 'new');

describe('the time of an event', () => {
  it('is a delay by the clock of the broker, or a moment, never earlier than it was given', () => {
    expect(made({ delayMs: 1.2 })).toEqual({ id: 'new', due: { afterMs: 2 } });
    expect(made({ at: now + 1.5 })).toEqual({ id: 'new', due: { at: now + 2 } });
    expect(made({ at: new Date(now + 5), scheduleId: 'x' })).toEqual({
      id: 'x',
      due: { at: now + 5 },
    });
    expect(made({ delayMs: dueMsMax })).toEqual({ id: 'new', due: { afterMs: dueMsMax } });
  });

  it('that is over, or missing, means at once', () => {
    for (const options of [{}, { delayMs: 0 }, { at: now }, { at: new Date(0) }]) {
      expect(made(options)).toBe(undefined);
    }
  });

  it('that is over still takes the place of what waits under its id', () => {
    expect(made({ at: now - 1, scheduleId: 'x' })).toEqual({ id: 'x', due: { at: now - 1 } });
  });

  it.each([
    [{ delayMs: -1 }, 'delayMs is a number from 0 to 31536000000 (365 days), not -1'],
    [{ delayMs: Number.NaN }, 'not NaN'],
    [{ delayMs: dueMsMax + 1 }, '(365 days)'],
    [{ delayMs: '5' as never }, 'not 5'],
    [{ at: new Date(Number.NaN) }, 'at is a valid Date or epoch milliseconds, not Invalid Date'],
    [{ at: Infinity }, 'not Infinity'],
    [{ at: now + dueMsMax + 1 }, 'more than 365 days ahead'],
    [{ at: now, delayMs: 1 }, 'not both'],
    [{ scheduleId: 'x' }, "with a scheduleId ('x') needs a delayMs or an at"],
    [{ delayMs: 1, scheduleId: '' }, 'a scheduleId has 1 to 200 characters'],
    [{ delayMs: 1, scheduleId: 'x'.repeat(201) }, 'a scheduleId has 1 to 200 characters'],
  ])('of %j is refused', (options, reason) => {
    expect(() => made(options)).toThrow(reason);
  });
});
