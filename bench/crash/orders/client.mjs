/** A client that orders, cancels and comes again with its key, and remembers what it was told. */
import { randomUUID } from 'node:crypto';

/** Problems after which a client sends the same again with the same key. */
const passing = new Set(['service.unavailable', 'service.late', 'service.overloaded']);

/**
 * @typedef {{ user: object, key: string, items: object[], comesAgain: boolean,
 *   state: 'open' | 'confirmed' | 'cancelled' | 'refused' | 'expired' | 'left',
 *   cancelling: boolean, id?: string }} Attempt `cancelling`: asked for, whatever came of it
 */
export class Client {
  /** @type {Attempt[]} */
  attempts = [];
  /** Answers that no client should ever get. */
  faults = [];

  constructor({ platform, contracts, aUser, catalogue, random }) {
    Object.assign(this, { platform, contracts, aUser, catalogue, random });
  }

  /** Does something now and then, some of it twice at once, until it is called off. */
  async work(signal) {
    while (!signal.aborted) {
      const confirmed = this.attempts.filter(
        ({ state, cancelling }) => state === 'confirmed' && !cancelling,
      );
      if (confirmed.length > 0 && this.random.chance(0.45)) {
        const attempt = this.random.oneOf(confirmed);
        attempt.cancelling = true;
        await this.cancel(attempt, signal);
      } else {
        const attempt = this.newAttempt();
        const times = this.random.chance(0.2) ? 2 : 1;
        await Promise.all(Array.from({ length: times }, () => this.place(attempt, signal)));
      }
    }
  }

  newAttempt() {
    const products = this.random.some(this.catalogue, this.random.between(1, 3));
    const attempt = {
      user: this.aUser(),
      key: randomUUID(),
      items: products.map((productId) => ({ productId, quantity: this.random.between(1, 3) })),
      comesAgain: this.random.chance(0.85),
      state: 'open',
      cancelling: false,
    };
    this.attempts.push(attempt);
    return attempt;
  }

  async place(attempt, signal) {
    const { user, key, items } = attempt;
    const options = { as: user, metadata: { 'idempotency-key': key }, signal };
    try {
      const order = await this.platform.ask(this.contracts.orders.create, { items }, options);
      if (attempt.id !== undefined && attempt.id !== order.id) {
        this.faults.push(`the key ${key} led to ${attempt.id} and to ${order.id}`);
      }
      attempt.id = order.id;
      if (attempt.state === 'open') attempt.state = order.status;
    } catch (error) {
      const final = { 'products.out-of-stock': 'refused', 'orders.expired': 'expired' }[error.code];
      if (final) attempt.state = final;
      else this.note(error, signal);
    }
  }

  async cancel(attempt, signal) {
    const { user, id } = attempt;
    try {
      const order = await this.platform.ask(
        this.contracts.orders.cancel,
        { id },
        { as: user, signal },
      );
      attempt.state = order.status;
    } catch (error) {
      this.note(error, signal);
    }
  }

  /** A crash may cut an answer or keep one waiting; anything else must not come of it. */
  note(error, signal) {
    if (signal?.aborted || passing.has(error.code)) return;
    this.faults.push(String(error));
  }

  /** Sends again what has no answer yet, with the same keys; gives up what it means to leave. */
  async comeAgain() {
    for (const attempt of this.attempts) {
      if (attempt.state === 'open' && !attempt.comesAgain) attempt.state = 'left';
    }
    const open = this.attempts.filter(({ state }) => state === 'open');
    const uncertain = this.attempts.filter(
      ({ state, cancelling }) => state === 'confirmed' && cancelling,
    );
    await Promise.all([
      ...open.map((attempt) => this.place(attempt)),
      ...uncertain.map((attempt) => this.cancel(attempt)),
    ]);
    return this.attempts.filter(
      ({ state, cancelling }) => state === 'open' || (state === 'confirmed' && cancelling),
    ).length;
  }
}
