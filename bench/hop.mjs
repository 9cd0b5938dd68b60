/**
 * What proving who asks costs on one hop, both sides together, CPU microseconds: warm, cold, on an
 * inner hop and for a guarded write, beside one bare ES256 signature and its verification.
 */
import { generateKeyPairSync, sign, verify } from 'node:crypto';
import { built } from '../tools/generate/built.mjs';
import { counts, given, keep } from './arguments.mjs';
import { median } from './load.mjs';

/** What the contract promises, CPU microseconds on an idle core. */
const goals = { warm: 5, cold: 250 };

const USAGE = `usage: npm run bench:hop -- [options]
  --rounds N       how often each is measured (9)
  --users N        users who ask in turn (500)
  --hops N         hops of each round (50000)
  --json FILE      writes the figures there too
  --help           this text`;

const { values } = given(USAGE, { rounds: '9', users: '500', hops: '50000' });
const [rounds, users, hops] = counts(values, 'rounds', 'users', 'hops');

const [{ orders, products }, identity, { fixed, newId, systemClock }] = await Promise.all(
  ['contracts', 'identity', 'service'].map((name) => built(`libs/${name}`)),
);

function jwkPair(kid) {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const [secret, open] = [privateKey, publicKey].map((key) => key.export({ format: 'jwk' }));
  return { secret: JSON.stringify({ ...secret, kid }), open: { ...open, kid } };
}
const [gateway, caller] = ['gateway.1', 'orders.1'].map(jwkPair);
const keys = fixed(
  identity.verificationKeys(JSON.stringify({ keys: [gateway.open, caller.open] })),
);
const signer = ({ secret }) => fixed(identity.signingKey(secret));
const mint = new identity.AssertionMint(signer(gateway), systemClock);
const proofs = new identity.CallerProofs(signer(caller), systemClock);
const [ordersSide, productsSide] = ['orders', 'products'].map(
  (service) => new identity.IdentityVerifier(service, keys, systemClock),
);

const aUser = () => ({
  kind: 'user',
  userId: newId(),
  sessionId: newId(),
  roles: ['user'],
  permissions: ['orders:create', 'orders:read'],
});
const seen = Array.from({ length: users }, aUser);
const order = JSON.stringify({
  items: Array.from({ length: 3 }, () => ({ productId: newId(), quantity: 2 })),
});

/** As it arrives: bytes of its own, not the very string that the sender keeps. */
const arrived = (text) => Buffer.from(text, 'latin1').toString('latin1');

/** Fails the run rather than measure how quick a refusal is. */
function accepted(verdict) {
  if (typeof verdict === 'string') throw new Error(`refused: ${verdict}`);
}

function hop(user) {
  accepted(ordersSide.verify({ assertion: arrived(mint.mint(user, 'orders')) }, orders.list, '{}'));
}

function innerHop(user) {
  const assertion = mint.mint(user, 'orders');
  const metadata = {
    assertion: arrived(assertion),
    caller: arrived(proofs.proofFor(assertion, 'products')),
  };
  accepted(productsSide.verify(metadata, products.list, '{}'));
}

function guardedHop(user) {
  const assertion = arrived(mint.mintOnce(user, orders.create, order));
  accepted(ordersSide.verify({ assertion }, orders.create, order));
}

const floorPair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
/** As long as an assertion. */
const content = Buffer.from(mint.mint(seen[0], 'orders').split('.').slice(0, 2).join('.'));
const dsaEncoding = 'ieee-p1363';
function floor() {
  const signature = sign('sha256', content, { key: floorPair.privateKey, dsaEncoding });
  if (!verify('sha256', content, { key: floorPair.publicKey, dsaEncoding }, signature)) {
    throw new Error('not genuine');
  }
}

const inTurn = (users, count, run) => {
  for (let index = 0; index < count; index++) run(users[index % users.length]);
};
const fresh = (run) => {
  const strangers = Array.from({ length: users }, aUser);
  return () => inTurn(strangers, users, run);
};
/** Name, how many hops one round makes, and what makes them; what it needs is made beforehand. */
const kinds = {
  floor: [users, () => () => inTurn(seen, users, floor)],
  warm: [hops, () => () => inTurn(seen, hops, hop)],
  cold: [users, () => fresh(hop)],
  warmInner: [hops, () => () => inTurn(seen, hops, innerHop)],
  coldInner: [users, () => fresh(innerHop)],
  guarded: [users, () => () => inTurn(seen, users, guardedHop)],
};

const measured = Object.fromEntries(Object.keys(kinds).map((name) => [name, []]));
for (const user of seen) innerHop(user);
for (const user of seen) hop(user);
// In turn within each round, so that a busy moment of the machine falls on all of them.
for (let round = 0; round <= rounds; round++) {
  for (const [name, [count, prepare]] of Object.entries(kinds)) {
    const run = prepare();
    const before = process.cpuUsage();
    run();
    const { user, system } = process.cpuUsage(before);
    // The first round is compiled while it runs.
    if (round > 0) measured[name].push((user + system) / count);
  }
}
const figures = Object.fromEntries(
  Object.entries(measured).map(([name, micros]) => [
    name,
    { least: Math.min(...micros), median: median(micros) },
  ]),
);
const base = figures.floor.median;
for (const [name, { least, median: middle }] of Object.entries(figures)) {
  const share = `${(middle / base).toFixed(3)} x the floor`;
  const goal = goals[name] ? `, goal ${goals[name]}` : '';
  console.log(
    `${name.padEnd(10)} ${middle.toFixed(2).padStart(8)} µs CPU (least ${least.toFixed(2)}${goal}), ${share}`,
  );
}
keep(figures, values.json);
