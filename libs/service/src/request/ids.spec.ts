import { Id } from '@courtside/contracts';
import { newId } from './ids.js';

describe('a new id', () => {
  it('is a UUIDv7', () => {
    expect(Id.safeParse(newId()).success).toBe(true);
  });

  it('sorts behind every id made before, also within a millisecond', () => {
    const ids = Array.from({ length: 20_000 }, () => newId());
    expect([...ids].sort()).toEqual(ids);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('sorts behind earlier ones when the clock is set back', () => {
    const now = Date.now() + 60_000;
    const before = newId(now);
    expect(newId(now - 30_000) > before).toBe(true);
  });
});
