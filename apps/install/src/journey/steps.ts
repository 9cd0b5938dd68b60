import { randomBytes } from 'node:crypto';
import { awaited, type Patience } from '@courtside/service';
import { aProductWith, stockOf, takeAway } from './check-product.js';
import { made, refused, Visitor } from './platform.js';
import { Unexpected, type Step, type Traces } from './walk.js';

const PIECES = 5;
const BOUGHT = 2;
/** The first administrator is made once all is up, and stock comes back by an event, milliseconds. */
const SOON_MS = 30_000;

export interface Way {
  readonly url: string;
  readonly admin: { readonly username: string; readonly password: string };
  readonly patience: Patience;
  readonly traces: Traces;
}

/** Who is there, and what they have in their hands. */
class Scene {
  readonly admin: Visitor;
  readonly customer: Visitor;
  product = '';
  order = '';

  constructor(readonly way: Way) {
    const { url, admin } = way;
    this.admin = new Visitor(url, admin.username, admin.password);
    this.customer = new Visitor(url, `check-${randomBytes(6).toString('hex')}`, aPassword());
  }

  /** Waits for what has to come soon. */
  soon(what: string, look: () => Promise<void>): Promise<void> {
    const { deadlineMs, tell } = this.way.patience;
    return awaited({ what, tell, deadlineMs: Math.min(SOON_MS, deadlineMs), look });
  }

  async demandStock(pieces: number): Promise<void> {
    const stock = await stockOf(this.customer, this.product);
    if (stock !== pieces) throw new Unexpected(`${stock} pieces`);
  }
}

const aPassword = (): string => randomBytes(18).toString('base64url');

/** What somebody does who runs a shop, and somebody who buys there. */
export function stepsOf(way: Way): Step[] {
  const scene = new Scene(way);
  return [arriving, offering, joining, buying, trying].flatMap((part) => part(scene));
}

const arriving = (scene: Scene): Step[] => [
  {
    does: 'waits for the platform',
    expects: 'every service to be up',
    run: () =>
      awaited({
        ...scene.way.patience,
        what: `the platform at ${scene.way.url}`,
        look: () => scene.admin.demandUp(),
      }),
  },
  {
    does: 'signs in as the first administrator',
    expects: 'an access token',
    run: () => scene.soon('the first administrator', () => scene.admin.signIn()),
  },
];

const offering = (scene: Scene): Step[] => [
  {
    does: 'puts a product with a stock into the catalogue',
    expects: `${PIECES} pieces of it`,
    async run() {
      const id = await aProductWith(scene.admin, PIECES);
      scene.product = id;
      scene.way.traces.leave('takes the product away again', () => takeAway(scene.admin, id));
      await scene.demandStock(PIECES);
    },
  },
];

const joining = ({ admin, customer, way }: Scene): Step[] => [
  {
    does: 'signs up as a new customer',
    expects: 'an account',
    async run() {
      const id = await customer.signUp();
      way.traces.leave('deletes the customer', async () => {
        await admin.api.DELETE('/api/v1/users/{id}', { params: { path: { id } } });
      });
    },
  },
  { does: 'signs in as the customer', expects: 'a token', run: () => customer.signIn() },
  {
    does: 'looks at the own account',
    expects: `the user name ${customer.username}`,
    async run() {
      const { username } = made((await customer.api.GET('/api/v1/users/me')).data, 'no account');
      if (username !== customer.username) throw new Unexpected(username);
    },
  },
];

const buying = (scene: Scene): Step[] => [
  {
    does: 'orders the product',
    expects: 'a confirmed order',
    async run() {
      const body = { items: [{ productId: scene.product, quantity: BOUGHT }] };
      const { data } = await scene.customer.api.POST('/api/v1/orders', { body });
      const { id, status } = made(data, 'no order');
      if (status !== 'confirmed') throw new Unexpected(`one that is ${status}`);
      scene.order = id;
    },
  },
  {
    does: 'sees the stock fall',
    expects: `${PIECES - BOUGHT} pieces`,
    run: () => scene.demandStock(PIECES - BOUGHT),
  },
  {
    does: 'cancels the order',
    expects: 'a cancelled order',
    async run() {
      const params = { path: { id: scene.order } };
      const { data } = await scene.customer.api.POST('/api/v1/orders/{id}/cancel', { params });
      const { status } = made(data, 'no order');
      if (status !== 'cancelled') throw new Unexpected(`one that is ${status}`);
    },
  },
  {
    does: 'sees the stock come back',
    expects: `${PIECES} pieces`,
    run: () => scene.soon('the whole stock', () => scene.demandStock(PIECES)),
  },
];

const trying = (scene: Scene): Step[] => [
  {
    does: 'tries to change the catalogue as a customer',
    expects: 'a refusal with 403',
    run: () =>
      refused(403, () => {
        const params = { path: { id: scene.product } };
        const body = { change: 1 };
        return scene.customer.api.POST('/api/v1/products/{id}/stock', { params, body });
      }),
  },
  {
    does: 'tries to sign in with a wrong password',
    expects: 'a refusal with 401',
    run: () => refused(401, () => scene.customer.signIn(aPassword())),
  },
];
