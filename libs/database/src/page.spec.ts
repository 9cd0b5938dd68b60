import { Problem } from '@courtside/contracts';
import { z } from 'zod';
import { cursorAt, pageFrom, positionIn } from './page.js';

const nameAndNumber = z.tuple([z.string(), z.number()]);

describe('a page', () => {
  const rows = [1, 2, 3];

  it('shows as many as asked for and says where the next begins', () => {
    const page = pageFrom(rows, 2, String, (row) => [row]);
    expect(page.items).toEqual(['1', '2']);
    expect(positionIn(page.next ?? '', z.tuple([z.number()]))).toEqual([2]);
  });

  it('is the last one when no row is left over', () => {
    expect(pageFrom(rows, 3, String, (row) => [row]).next).toBeNull();
    expect(pageFrom([], 3, String, (row) => [row])).toEqual({ items: [], next: null });
  });
});

describe('a cursor', () => {
  it('gives back the position it was made for', () => {
    expect(positionIn(cursorAt(['Émile', 7]), nameAndNumber)).toEqual(['Émile', 7]);
    expect(positionIn(undefined, nameAndNumber)).toBeUndefined();
  });

  it.each(['', 'x', 'e30', 'W10', 'WyJhIl0', 'W3t9XQ', '%00', 'WyJhIiwiYiJd'])(
    'is refused when it is %p',
    (cursor) => {
      expect(() => positionIn(cursor, nameAndNumber)).toThrow(Problem);
    },
  );
});
