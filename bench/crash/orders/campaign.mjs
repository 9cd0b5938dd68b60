/**
 * One seed of the crash campaign: orders and products run as processes of their own under a client's
 * work, one of them is killed at a statement drawn from the seed, takes up again, and everything
 * that must hold is asked of the database. As often as there are points.
 */
import { randomFrom } from '../random.mjs';
import { Replica } from '../replica.mjs';
import { until } from '../until.mjs';
import { Client } from './client.mjs';
import { Invariants } from './invariants.mjs';

const PRODUCTS = 6;
const PIECES_EACH = 15;
const WORKERS = 6;
/** Short, so that orders whose client never comes again expire within the campaign. */
const PENDING_TTL_MS = 5_000;
const OUTBOX_EMPTY_WITHIN_MS = 5_000;
const SETTLED_WITHIN_MS = 30_000;

/** Where a process dies: at any statement, or right after a commit whose answer nobody hears. */
function pointFrom(random) {
  const service = random.oneOf(['orders', 'products']);
  if (random.chance(0.25)) {
    return { service, when: 'after', only: 'COMMIT', at: random.between(1, 12) };
  }
  return { service, when: random.oneOf(['before', 'after']), at: random.between(1, 60) };
}

class Campaign {
  constructor({ platform, sql, libraries, seed }) {
    const { testing, contracts } = libraries;
    this.random = randomFrom(seed);
    this.platform = platform;
    this.contracts = contracts;
    this.testing = testing;
    this.invariants = new Invariants(sql);
    this.replicas = {
      orders: new Replica('orders', this.environmentOf('orders')),
      products: new Replica('products', this.environmentOf('products')),
    };
  }

  environmentOf(service) {
    return { ...this.platform.environmentOf(service), LOG_LEVEL: 'info', LOG_FORMAT: 'json' };
  }

  async begin() {
    await Promise.all(Object.values(this.replicas).map((replica) => replica.begin()));
    const admin = this.testing.anAdmin();
    const price = { amount: 1_000, currency: 'EUR' };
    const catalogue = [];
    for (let index = 0; index < PRODUCTS; index++) {
      const input = { name: `Product ${index}`, price, stock: PIECES_EACH };
      const product = await this.platform.ask(this.contracts.products.create, input, { as: admin });
      catalogue.push(product.id);
    }
    const { aUser } = this.testing;
    const { platform, contracts, random } = this;
    this.client = new Client({ platform, contracts, aUser, catalogue, random });
    this.pieces = await this.invariants.pieces();
  }

  /** @returns {Promise<object>} what was wrong after this crash, and how long the outbox took */
  async crash() {
    const { service, ...point } = pointFrom(this.random);
    const replica = this.replicas[service];
    const { died } = await replica.arm(point);
    const calledOff = new AbortController();
    const work = Array.from({ length: WORKERS }, () => this.client.work(calledOff.signal));
    await died;
    const at = replica.lastWords;
    calledOff.abort();
    await Promise.all([...work, replica.begin()]);
    const sinceRestart = performance.now();
    await until(
      'every key has its answer',
      async () => (await this.client.comeAgain()) === 0,
      SETTLED_WITHIN_MS,
    );
    await until(
      'the outbox is empty',
      async () => (await this.invariants.unsent()) === 0,
      SETTLED_WITHIN_MS,
    );
    const outboxMs = performance.now() - sinceRestart;
    const { pieces, client } = this;
    const faults = await this.invariants.faults({ pieces, attempts: client.attempts });
    return {
      service,
      at,
      outboxMs,
      lateOutbox: outboxMs > OUTBOX_EMPTY_WITHIN_MS ? 1 : 0,
      ...faults,
    };
  }

  /** What nobody came back for has expired by now, and its stock is free. */
  async settle() {
    await until(
      'no order is pending',
      async () => (await this.invariants.pending()) === 0,
      SETTLED_WITHIN_MS,
    );
    await until(
      'the outbox is empty',
      async () => (await this.invariants.unsent()) === 0,
      SETTLED_WITHIN_MS,
    );
    return this.invariants.faults({ pieces: this.pieces, attempts: this.client.attempts });
  }

  async end() {
    await Promise.all(Object.values(this.replicas).map((replica) => replica.end()));
  }
}

/** The figures of a row that must be 0. */
export const wrong = ['lost', 'doubled', 'wrongStock', 'lateOutbox', 'faults'];

const total = (crashes, key) => crashes.reduce((sum, crash) => sum + crash[key], 0);

/** Its row of the table. What is wrong at a point and still wrong at the next counts at both. */
function rowOf({ seed, crashes, settled, attempts, faults }) {
  const all = [...crashes, { lateOutbox: 0, ...settled }];
  const told = (state) => attempts.filter((attempt) => attempt.state === state).length;
  return {
    seed,
    points: crashes.length,
    orders: attempts.length,
    confirmed: told('confirmed'),
    cancelled: told('cancelled'),
    refused: told('refused'),
    expired: told('expired'),
    abandoned: told('left'),
    lost: total(all, 'lost'),
    doubled: total(all, 'doubled'),
    wrongStock: total(all, 'wrongStock'),
    lateOutbox: total(all, 'lateOutbox'),
    faults: faults.length,
    outboxMsMax: Math.round(Math.max(...crashes.map(({ outboxMs }) => outboxMs))),
  };
}

/** Runs `points` crashes of one seed. @returns its row of the table, and its faults in words */
export async function runCampaign({ seed, points, libraries, connect, onPoint = () => {} }) {
  const env = { orders: { ORDER_PENDING_TTL_MS: String(PENDING_TTL_MS) } };
  const platform = await libraries.testing.aPlatform([], { env });
  const sql = await connect(platform.database.adminUrl);
  const campaign = new Campaign({ platform, sql, libraries, seed });
  const crashes = [];
  try {
    await campaign.begin();
    for (let index = 0; index < points; index++) {
      const crash = await campaign.crash();
      crashes.push(crash);
      onPoint(crash);
    }
    const settled = await campaign.settle();
    const { attempts, faults } = campaign.client;
    return { row: rowOf({ seed, crashes, settled, attempts, faults }), faults };
  } finally {
    await campaign.end();
    await sql.end();
    await platform.close();
  }
}
