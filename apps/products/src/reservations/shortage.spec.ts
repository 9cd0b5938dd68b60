import { shortageOf } from './shortage.js';

const ball = { id: 'ball', name: 'Ball', stock: 2 };
const mat = { id: 'mat', name: 'Mat', stock: 0 };
const racket = { id: 'racket', name: 'Racket', stock: null };
const wanted = (productId: string, quantity: number) => ({ productId, quantity });

describe('a shortage', () => {
  it('names every product that is short, with what is wanted and what is left', () => {
    const items = [wanted('ball', 3), wanted('mat', 1), wanted('racket', 10_000)];
    expect(shortageOf(items, [ball, mat, racket])).toBe(
      'Ball: 3 wanted, 2 left; Mat: 1 wanted, 0 left',
    );
  });

  it('is none where the last piece is wanted, or what is made to order', () => {
    expect(shortageOf([wanted('ball', 2), wanted('racket', 1)], [ball, racket])).toBeUndefined();
  });
});
