import type { Entry, Ledger } from './ledger.js';
import type { Market, Shopper } from './shoppers.js';
import type { Visitor } from './visitor.js';

/**
 * Of a hundred who come, how many do what. Each service and web has its share; who signs in costs more
 * than all others, so they are few.
 */
const shares = {
  'list the catalogue': 30,
  'see a product': 22,
  'see the page': 6,
  'ask the time': 6,
  'see the own account': 14,
  'sign in': 2,
  'place an order': 10,
  'see the own orders': 6,
  'cancel an order': 4,
} as const;

export type Journey = keyof typeof shares;

/**
 * Which services each journey takes, beside the gateway: what may fail when one of them is away. Whoever is
 * signed in is known for as long as the gateway remembers a session; then auth asks users what they may do.
 */
export const servicesOf: Readonly<Record<Journey, readonly string[]>> = {
  'list the catalogue': ['products'],
  'see a product': ['products'],
  'see the page': ['web'],
  'ask the time': ['time', 'auth', 'users'],
  'see the own account': ['users', 'auth'],
  'sign in': ['auth', 'users'],
  'place an order': ['orders', 'products', 'auth', 'users'],
  'see the own orders': ['orders', 'auth', 'users'],
  'cancel an order': ['orders', 'auth', 'users'],
};

/** The journeys in the order they are taken in, evenly mixed: the same in each run. */
const turns: readonly Journey[] = Object.entries(shares)
  .flatMap(([journey, share]) =>
    Array.from({ length: share }, (_, n) => ({
      journey: journey as Journey,
      at: (n + 0.5) / share,
    })),
  )
  .toSorted((one, other) => one.at - other.at)
  .map(({ journey }) => journey);

/** Does one journey after another, each by the next shopper. */
export class Mix {
  private turn = 0;
  /** By a count of its own: by turns the same few would sign in, and the tokens of all others expire. */
  private signedIn = 0;
  private readonly cancellable: Entry[] = [];

  constructor(
    private readonly visitor: Visitor,
    private readonly market: Market,
    private readonly ledger: Ledger,
  ) {}

  /** What is due now. Ends when it is answered, and never rejects. */
  async next(dueAt: number, chosen?: Journey): Promise<void> {
    const { shoppers, productIds } = this.market;
    const turn = this.turn++;
    const journey = chosen ?? turns[turn % turns.length]!;
    const shopper = shoppers[turn % shoppers.length]!;
    const productId = productIds[turn % productIds.length]!;
    const { token } = shopper;
    const ask = (operation: string, more: { token?: string } = {}) =>
      this.visitor.ask({ journey, dueAt, operation, status: 200, ...more });
    switch (journey) {
      case 'list the catalogue':
        return void (await ask('GET /api/products?limit=10'));
      case 'see a product':
        return void (await ask(`GET /api/products/${productId}`));
      case 'see the page':
        return void (await ask('GET /web'));
      case 'ask the time':
        return void (await ask('GET /api/v1/time', { token }));
      case 'see the own account':
        return void (await ask('GET /api/v1/users/me', { token }));
      case 'see the own orders':
        return void (await ask('GET /api/orders?limit=10', { token }));
      case 'sign in':
        return this.signIn(shoppers[this.signedIn++ % shoppers.length]!, dueAt);
      case 'place an order':
        return this.order(this.ledger.note(shopper, productId, 1 + (turn % 3)), dueAt);
      case 'cancel an order':
        return this.cancel(this.cancellable.shift(), dueAt);
    }
  }

  private async signIn(shopper: Shopper, dueAt: number): Promise<void> {
    const { username, password } = shopper;
    const body = { username, password };
    const operation = 'POST /api/login';
    const answer = await this.visitor.ask({
      journey: 'sign in',
      dueAt,
      operation,
      status: 200,
      body,
    });
    if (answer) shopper.token = (JSON.parse(answer.text) as { access_token: string }).access_token;
  }

  private async order(entry: Entry, dueAt: number): Promise<void> {
    const answer = await this.visitor.ask({ journey: 'place an order', dueAt, ...placing(entry) });
    if (!answer) return;
    entry.orderId = (JSON.parse(answer.text) as { id: string }).id;
    this.cancellable.push(entry);
  }

  private async cancel(entry: Entry | undefined, dueAt: number): Promise<void> {
    // The first ones to come find nothing to cancel.
    if (!entry) return;
    entry.cancelled = 'asked';
    const asked = { journey: 'cancel an order', dueAt, ...cancelling(entry) };
    if (await this.visitor.ask(asked)) entry.cancelled = 'yes';
  }
}

/** The request that places an order; sent again, it is the same order. */
export const placing = ({ key, shopper, productId, quantity }: Entry) => ({
  operation: 'POST /api/orders',
  status: 201,
  token: shopper.token,
  headers: { 'idempotency-key': key },
  body: { items: [{ productId, quantity }] },
});

export const cancelling = ({ orderId, shopper }: Entry) => ({
  operation: `POST /api/orders/${orderId}/cancel`,
  status: 200,
  token: shopper.token,
});
