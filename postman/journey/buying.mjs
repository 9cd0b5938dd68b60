import { answers, asksAgain, folder, keeps, refuses, request, script } from '../item.mjs';
import { PIECES, selling } from './selling.mjs';

const BOUGHT = 2;
const order = (quantity, productId = '{{productId}}') => ({ items: [{ productId, quantity }] });

/** Somebody looks how many pieces there are. */
const stockIs = (name, pieces) =>
  request(name, {
    ask: 'GET /api/products/:id',
    params: { id: '{{productId}}' },
    after: [
      answers(200),
      script(
        (expected) => {
          pm.test(`has ${expected.pieces} pieces left`, () => {
            pm.expect(pm.response.json().stock).to.equal(expected.pieces);
          });
        },
        { pieces },
      ),
    ],
  });

const placing = () => [
  request('Orders it', {
    ask: 'POST /api/orders',
    as: 'userToken',
    headers: { 'Idempotency-Key': '{{orderKey}}' },
    body: order(BOUGHT),
    before: [
      script(() => {
        pm.environment.set('orderKey', pm.variables.replaceIn('{{$guid}}'));
      }),
    ],
    after: [
      answers(201),
      script(
        (expected) => {
          pm.test('is confirmed at the price of the catalogue', () => {
            const { status, items, total } = pm.response.json();
            pm.expect(status).to.equal('confirmed');
            pm.expect(total.amount).to.equal(expected.bought * items[0].price.amount);
          });
        },
        { bought: BOUGHT },
      ),
      keeps('orderId', 'id'),
    ],
  }),
  request('Sends the order again, as after an answer that was lost', {
    ask: 'POST /api/orders',
    as: 'userToken',
    headers: { 'Idempotency-Key': '{{orderKey}}' },
    body: order(BOUGHT),
    after: [
      answers(201),
      script(() => {
        pm.test('is the same order', () => {
          pm.expect(pm.response.json().id).to.equal(pm.environment.get('orderId'));
        });
      }),
    ],
  }),
  request('Cannot use the key for another order', {
    ask: 'POST /api/orders',
    as: 'userToken',
    headers: { 'Idempotency-Key': '{{orderKey}}' },
    body: order(1),
    after: [refuses(422, 'idempotency.key-reused')],
  }),
];

const tryingMore = () => [
  stockIs('Sees the stock fall', PIECES - BOUGHT),
  request('Cannot order more than there is', {
    ask: 'POST /api/orders',
    as: 'userToken',
    body: order(PIECES * 2),
    after: [refuses(409, 'products.out-of-stock')],
  }),
  request('Cannot order what does not exist', {
    ask: 'POST /api/orders',
    as: 'userToken',
    body: order(1, '01938000-0000-7000-8000-00000000dead'),
    after: [refuses(422, 'orders.product-unknown')],
  }),
  request('Finds the order in the own list', {
    ask: 'GET /api/orders',
    as: 'userToken',
    after: [
      answers(200),
      script(() => {
        pm.test('is the newest', () => {
          const bought = pm.response.json().items.find(({ status }) => status === 'confirmed');
          pm.expect(bought.id).to.equal(pm.environment.get('orderId'));
        });
      }),
    ],
  }),
];

const cancelling = () => [
  request('Cancels it', {
    ask: 'POST /api/orders/:id/cancel',
    params: { id: '{{orderId}}' },
    as: 'userToken',
    after: [
      answers(200),
      script(() => {
        pm.test('is cancelled', () => {
          pm.expect(pm.response.json().status).to.equal('cancelled');
        });
      }),
    ],
  }),
  request('Sees the stock come back', {
    ask: 'GET /api/products/:id',
    params: { id: '{{productId}}' },
    after: [
      // Products hears of it by an event: soon, but not at once.
      asksAgain({
        triesMax: 50,
        everyMs: 200,
        given: { pieces: PIECES },
        isDone: ({ pieces }) => pm.response.json().stock === pieces,
        judge: ({ pieces }) => {
          pm.test(`has ${pieces} pieces again`, () => {
            pm.expect(pm.response.json().stock).to.equal(pieces);
          });
        },
      }),
    ],
  }),
];

/** Needs an administrator: nobody else puts something on sale. */
export const buying = () =>
  folder(
    'Sell, buy and cancel',
    'An administrator (`adminUsername`, `adminPassword`) offers a product, somebody buys and cancels.',
    [
      ...selling(),
      stockIs('Sees the product', PIECES),
      ...placing(),
      ...tryingMore(),
      ...tryingMore(),
      ...cancelling(),
    ],
  );
