import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { call, type Answer } from '../api.js';

/** A buyer comes again this soon after a refusal, milliseconds: sooner than it is asked to. */
const AGAIN_AFTER_MS = 100;

export interface Told {
  readonly operation: string;
  readonly status: number;
  readonly contentType: string;
  readonly retryAfter: string | null;
  readonly text: string;
  readonly startedAt: number;
  readonly ms: number;
}

interface Shop {
  readonly at: string;
  readonly token: string;
  readonly productId: string;
}

/**
 * People who look at the catalogue, at their account, and buy, until they are told to stop. Who is
 * refused an order comes again with its key until it has one.
 */
export class Buyers {
  /** Everything that was answered. */
  readonly told: Told[] = [];
  /** By the key of each order that was wanted, the ids that were answered. */
  readonly orders = new Map<string, Set<string>>();
  #isOver = false;
  readonly #running: Promise<void>[];

  constructor(
    private readonly shop: Shop,
    count: number,
  ) {
    this.#running = Array.from({ length: count }, () => this.#run());
  }

  /** What was neither done nor refused as it should be. */
  get wrong(): Told[] {
    return this.told.filter(
      ({ status, contentType, retryAfter }) =>
        status >= 300 &&
        !(status === 503 && contentType.startsWith('application/problem+json') && retryAfter),
    );
  }

  get refused(): Told[] {
    return this.told.filter(({ status }) => status === 503);
  }

  /** Lets everybody finish what they want. */
  async stop(): Promise<void> {
    this.#isOver = true;
    await Promise.all(this.#running);
  }

  async #run(): Promise<void> {
    while (!this.#isOver) {
      await this.#ask('GET /api/products');
      await this.#ask('GET /api/v1/users/me');
      await this.#buy();
    }
  }

  async #buy(): Promise<void> {
    const key = randomUUID();
    const ids = new Set<string>();
    this.orders.set(key, ids);
    const body = { items: [{ productId: this.shop.productId, quantity: 1 }] };
    for (;;) {
      const answer = await this.#ask('POST /api/orders', body, key);
      if (answer.status < 300) {
        ids.add(String(answer.body['id']));
        return;
      }
      // Something that is wrong is in the list by now.
      if (answer.status !== 503) return;
      await pause(AGAIN_AFTER_MS);
    }
  }

  async #ask(operation: string, body?: unknown, key?: string): Promise<Answer> {
    const startedAt = Date.now();
    const { at, token } = this.shop;
    const answer = await call(operation, {
      at,
      token,
      ...(body !== undefined && { body }),
      ...(key && { headers: { 'idempotency-key': key } }),
    });
    this.told.push({
      operation,
      status: answer.status,
      contentType: answer.headers.get('content-type') ?? '',
      retryAfter: answer.headers.get('retry-after'),
      text: answer.text,
      startedAt,
      ms: Date.now() - startedAt,
    });
    return answer;
  }
}
