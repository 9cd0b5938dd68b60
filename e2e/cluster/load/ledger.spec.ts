import { Ledger, type Entry, type ListedOrder } from './ledger.js';

const shopper = { username: 'one', password: 'secret', token: '' };

/** A ledger with an order that was acknowledged. */
function aLedger() {
  const ledger = new Ledger();
  const entry = ledger.note(shopper, 'ball', 2);
  entry.orderId = 'order-1';
  return { ledger, entry };
}

const listed = (order: Partial<ListedOrder> = {}): ListedOrder => ({
  id: 'order-1',
  status: 'confirmed',
  items: [{ productId: 'ball', quantity: 2 }],
  ...order,
});

describe('the ledger of a load', () => {
  it('agrees with what was asked for and acknowledged', () => {
    const { ledger } = aLedger();
    expect(ledger.compare([listed()])).toEqual({ lost: [], doubled: [] });
  });

  it.each([
    ['is not in the list', []],
    ['was changed', [listed({ items: [{ productId: 'ball', quantity: 1 }] })]],
    ['has something more in it', [listed({ items: [...listed().items, ...listed().items] })]],
    ['is off, though nobody cancelled it', [listed({ status: 'expired' })]],
  ])('finds an acknowledged order lost that %s', (_, orders) => {
    expect(aLedger().ledger.compare(orders).lost).toEqual(['order-1']);
  });

  it('finds an order lost that is another one’s answer too', () => {
    const { ledger } = aLedger();
    ledger.note(shopper, 'ball', 2).orderId = 'order-1';
    expect(ledger.compare([listed()]).lost).toEqual(['order-1']);
  });

  it('finds a cancelled order lost that is not cancelled', () => {
    const { ledger, entry } = aLedger();
    entry.cancelled = 'yes';
    expect(ledger.compare([listed()]).lost).toEqual(['order-1']);
    expect(ledger.compare([listed({ status: 'cancelled' })]).lost).toEqual([]);
  });

  it('finds doubled what is listed twice, or was asked for by nobody', () => {
    const { ledger } = aLedger();
    expect(ledger.compare([listed(), listed()]).doubled).toEqual(['order-1']);
    expect(ledger.compare([listed(), listed({ id: 'order-2' })]).doubled).toEqual(['order-2']);
  });

  it('knows what it does not know, and what is sold', () => {
    const { ledger, entry } = aLedger();
    const later: Entry = ledger.note(shopper, 'ball', 3);
    expect(ledger.unknown).toEqual([later]);
    later.orderId = 'order-2';
    expect(ledger.soldOf('ball')).toBe(5);
    entry.cancelled = 'asked';
    expect(ledger.unknown).toEqual([entry]);
    entry.cancelled = 'yes';
    expect(ledger.soldOf('ball')).toBe(3);
  });
});
