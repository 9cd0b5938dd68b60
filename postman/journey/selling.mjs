import {
  answers,
  forgets,
  keeps,
  request,
  script,
  signIn,
  unlessKept,
  unlessMissing,
} from '../item.mjs';

/** What is sold; products are never deleted, so each run takes up one that an earlier run left. */
export const NAME = 'Courtside collection, not for sale';
export const PIECES = 5;

/**
 * Needs `adminUsername` and `adminPassword`; keeps `productId`, a product for this run alone.
 * @param options `before`: a script that may pass over the search, where there is a product already
 */
export const selling = ({ before = [forgets(['productId'])] } = {}) => [
  signIn('Signs in as an administrator', {
    username: 'adminUsername',
    password: 'adminPassword',
    token: 'adminToken',
  }),
  request('Looks for a product that an earlier run left', {
    ask: `GET /api/products?search=${encodeURIComponent(NAME)}&limit=50`,
    before,
    after: [
      answers(200),
      script(
        (wanted) => {
          const left = pm.response
            .json()
            .items.find(({ name, stock }) => name === wanted.name && stock === 0);
          if (left) {
            pm.environment.set('productId', left.id);
            pm.environment.set('productVersion', `"${left.version}"`);
          }
        },
        { name: NAME },
      ),
    ],
  }),
  request('Takes it up, where another run was not faster', {
    ask: 'POST /api/v1/products/:id/stock',
    params: { id: '{{productId}}' },
    as: 'adminToken',
    headers: { 'If-Match': '{{productVersion}}' },
    body: { change: PIECES },
    before: [unlessMissing('productVersion')],
    after: [
      script(() => {
        pm.test('adds to the stock, or says that another was faster', () => {
          pm.expect(pm.response.code).to.be.oneOf([200, 412]);
        });
        pm.environment.unset('productVersion');
        if (pm.response.code === 412) pm.environment.unset('productId');
      }),
    ],
  }),
  request('Puts a product on sale', {
    ask: 'POST /api/products',
    as: 'adminToken',
    body: {
      name: NAME,
      description: 'bought by those who try this installation, never delivered',
      price: { amount: 1_999, currency: 'EUR' },
      stock: PIECES,
    },
    before: [unlessKept('productId')],
    after: [
      answers(201),
      script(() => {
        pm.test('says where the product is', () => {
          const location = `/api/v1/products/${pm.response.json().id}`;
          pm.expect(pm.response.headers.get('location')).to.equal(location);
        });
      }),
      keeps('productId', 'id'),
    ],
  }),
];
