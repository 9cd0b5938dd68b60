import { pricedItems, type Quote } from './priced-items.js';

const ball: Quote = { id: 'ball', name: 'Ball', price: { amount: 1_999, currency: 'EUR' } };
const mat: Quote = { id: 'mat', name: 'Mat', price: { amount: 3_990, currency: 'EUR' } };
const belt: Quote = { id: 'belt', name: 'Belt', price: { amount: 500, currency: 'CHF' } };

describe('the items of an order', () => {
  it('are priced by the catalogue, in whole minor units', () => {
    const wanted = [
      { productId: 'mat', quantity: 1 },
      { productId: 'ball', quantity: 3 },
    ];
    expect(pricedItems(wanted, [ball, mat])).toEqual({
      items: [
        { productId: 'mat', name: 'Mat', quantity: 1, price: 3_990 },
        { productId: 'ball', name: 'Ball', quantity: 3, price: 1_999 },
      ],
      currency: 'EUR',
      total: 9_987,
    });
  });

  it('that the catalogue does not know are all named', () => {
    const wanted = ['ball', 'kite', 'boat'].map((productId) => ({ productId, quantity: 1 }));
    expect(() => pricedItems(wanted, [ball])).toThrow(/kite, boat/);
  });

  it('must share a currency', () => {
    const wanted = ['ball', 'belt'].map((productId) => ({ productId, quantity: 1 }));
    expect(() => pricedItems(wanted, [ball, belt])).toThrow(/EUR and CHF/);
  });

  it('add up exactly for the largest order', () => {
    const dear = { ...ball, price: { amount: 1_000_000_000, currency: 'EUR' } };
    const quotes = Array.from({ length: 100 }, (_, index) => ({ ...dear, id: `p${index}` }));
    const wanted = quotes.map(({ id }) => ({ productId: id, quantity: 9_999 }));
    const { total } = pricedItems(wanted, quotes);
    expect(total).toBe(999_900_000_000_000);
    expect(Number.isSafeInteger(total)).toBe(true);
  });
});
