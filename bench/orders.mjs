/**
 * What `POST /api/v1/orders` costs, stock included: gateway, orders, products, bus and database, each
 * order of one piece with an idempotency key of its own. Of one product all orders queue for its
 * row; of many they do not.
 */
import { keep } from './arguments.mjs';
import { needWrk } from './load.mjs';
import { givenLoad, measure, printSummary } from './measure.mjs';
import { base, partsOf, signIn, startPlatform } from './platform.mjs';

const STOCK = 1_000_000;
const MANY = 50;

const { rounds, seconds, connections, json } = givenLoad('bench:orders');

async function aProduct(token, name) {
  const answer = await fetch(`${base}/api/v1/products`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ name, price: { amount: 1_000, currency: 'EUR' }, stock: STOCK }),
  });
  return (await answer.json()).id;
}

async function someProducts() {
  const token = await signIn('admin');
  const ids = [];
  for (let index = 0; index < MANY; index++) ids.push(await aProduct(token, `Ball ${index}`));
  return ids;
}

needWrk();
const { launcher, stop } = await startPlatform();
const rows = { oneProduct: [], manyProducts: [] };
try {
  const products = await someProducts();
  const load = {
    url: `${base}/api/v1/orders`,
    token: await signIn('user'),
    script: 'bench/place-order.lua',
    connections,
    seconds,
  };
  const parts = partsOf(launcher, ['gateway', 'orders', 'products']);
  for (let round = 0; round < rounds; round++) {
    rows.oneProduct.push(await measure({ ...load, scriptArguments: products.slice(0, 1) }, parts));
    rows.manyProducts.push(await measure({ ...load, scriptArguments: products }, parts));
  }
} finally {
  await stop();
}
for (const [name, measured] of Object.entries(rows)) printSummary(name, measured);
keep(rows, json);
