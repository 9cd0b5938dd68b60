import { Problem } from '@courtside/contracts';
import { cursorAt, pageFrom, positionOf } from './page.js';

describe('a page', () => {
  const rows = [1, 2, 3];

  it('shows as many as asked for and says where the next begins', () => {
    const page = pageFrom(rows, 2, String, (row) => [row]);
    expect(page.items).toEqual(['1', '2']);
    expect(positionOf(page.next ?? '', 1)).toEqual([2]);
  });

  it('is the last one when no row is left over', () => {
    expect(pageFrom(rows, 3, String, (row) => [row]).next).toBeNull();
    expect(pageFrom([], 3, String, (row) => [row])).toEqual({ items: [], next: null });
  });
});

describe('a cursor', () => {
  it('gives back the position it was made for', () => {
    expect(positionOf(cursorAt(['Émile', 7]), 2)).toEqual(['Émile', 7]);
    expect(positionOf(undefined, 2)).toBeUndefined();
  });

  it.each(['', 'x', 'e30', 'W10', 'WyJhIl0', 'W3t9XQ', '%00'])(
    'is refused when it is %p',
    (cursor) => {
      expect(() => positionOf(cursor, 2)).toThrow(Problem);
    },
  );
});
