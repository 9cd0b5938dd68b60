/**
 * What `GET /api/v1/users/{id}` with a token costs: through gateway, bus, service and database, beside
 * a bare Fastify that answers the same bytes.
 */
import { fork } from 'node:child_process';
import { keep } from './arguments.mjs';
import { needWrk } from './load.mjs';
import { givenLoad, measure, printSummary, summary } from './measure.mjs';
import { base, partsOf, signIn, startPlatform } from './platform.mjs';

const FLOOR_PORT = 18_002;

const { rounds, seconds, connections, json } = givenLoad('bench:read-user');

async function signedIn() {
  const token = await signIn('user');
  const me = await fetch(`${base}/api/v1/users/me`, {
    headers: { authorization: `Bearer ${token}` },
  });
  const text = await me.text();
  return { token, text, url: `${base}/api/v1/users/${JSON.parse(text).id}` };
}

needWrk();
const { launcher, stop } = await startPlatform();
const { token, text, url } = await signedIn();
const floor = fork('bench/floor.mjs', [`${FLOOR_PORT}`, text]);
await new Promise((resolve) => floor.once('message', resolve));
const rows = { ours: [], floor: [] };
try {
  for (let round = 0; round < rounds; round++) {
    const how = { connections, seconds };
    rows.floor.push(
      await measure({ url: `http://127.0.0.1:${FLOOR_PORT}/`, ...how }, { gateway: floor.pid }),
    );
    rows.ours.push(await measure({ url, token, ...how }, partsOf(launcher, ['gateway', 'users'])));
  }
} finally {
  floor.kill();
  await stop();
}
for (const [name, measured] of Object.entries(rows)) printSummary(name, measured);
const [ours, bare] = [rows.ours, rows.floor].map((list) => summary(list, 'gatewayCpuMicros'));
console.log(`gateway CPU per request: ${(ours / bare).toFixed(2)} x the floor`);
keep(rows, json);
