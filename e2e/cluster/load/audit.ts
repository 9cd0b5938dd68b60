import { until } from '../cluster.js';
import type { Platform } from '../platform.js';
import { throughIngress, type Asking } from '../through-ingress.js';
import type { Audit, Entry, Ledger, ListedOrder } from './ledger.js';
import { cancelling, placing } from './mix.js';
import { STOCK, type Market, type Shopper } from './shoppers.js';

interface Page {
  readonly items: readonly ListedOrder[];
  readonly next: string | null;
}

/** What is owed by an event arrives by then, milliseconds. */
const SETTLED_WITHIN_MS = 30_000;

/** Compares the books of a load with those of the platform, when nobody buys. */
export class Auditor {
  constructor(
    private readonly platform: Platform,
    private readonly market: Market,
    private readonly ledger: Ledger,
  ) {}

  /** @throws Error where the stock does not add up */
  async audit(): Promise<Audit & { readonly repeated: number }> {
    const { unknown } = this.ledger;
    for (const entry of unknown) await this.repeat(entry);
    const lists = await Promise.all(this.market.shoppers.map((shopper) => this.ordersOf(shopper)));
    const audit = this.ledger.compare(lists.flat());
    for (const productId of this.market.productIds) await this.demandStock(productId);
    return { ...audit, repeated: unknown.length };
  }

  /** What may or may not have been done is asked for again, with its key. */
  private async repeat(entry: Entry): Promise<void> {
    await until(`an answer for ${entry.key}`, async () => {
      // No answer is no answer, whatever the connection died of.
      await this.askAgain(entry).catch(() => undefined);
      return this.ledger.unknown.includes(entry) ? undefined : true;
    });
  }

  private async askAgain(entry: Entry): Promise<void> {
    if (!entry.orderId) {
      const { status, text } = await this.ask(placing(entry));
      if (status === 201) entry.orderId = (JSON.parse(text) as { id: string }).id;
      else if (status < 500) entry.isRefused = true;
    }
    if (entry.cancelled === 'asked' && (await this.ask(cancelling(entry))).status === 200) {
      entry.cancelled = 'yes';
    }
  }

  private async ordersOf({ token }: Shopper): Promise<ListedOrder[]> {
    const orders: ListedOrder[] = [];
    let next: string | null = '';
    do {
      const cursor: string = next ? `&cursor=${encodeURIComponent(next)}` : '';
      const asked = { operation: `GET /api/orders?limit=200${cursor}`, token };
      const page: Page = JSON.parse((await this.ask(asked)).text) as Page;
      orders.push(...page.items);
      next = page.next;
    } while (next);
    return orders;
  }

  /** Pieces of cancelled orders come back by an event, so a while later. */
  private async demandStock(productId: string): Promise<void> {
    const expected = STOCK - this.ledger.soldOf(productId);
    let stock: number | undefined;
    await until(
      `the stock of ${productId} adds up to ${expected}`,
      async () => {
        const { text } = await this.ask({ operation: `GET /api/products/${productId}` });
        ({ stock } = JSON.parse(text) as { stock: number });
        return stock === expected ? true : undefined;
      },
      SETTLED_WITHIN_MS,
    ).catch((error: Error) => {
      throw new Error(`${error.message}; the stock is ${stock}`);
    });
  }

  private ask({ operation, ...asking }: { operation: string } & Asking) {
    return throughIngress(this.platform, operation, asking);
  }
}
