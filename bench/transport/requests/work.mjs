/** The same work for every contender: a request of some 283 bytes of JSON, a reply of some 946. */
import { createHistogram } from 'node:perf_hooks';

const DESCRIPTION =
  'Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod tempor. ';
const items = Array.from({ length: 6 }, (_, number) => ({
  id: `P-${1_000 + number}`,
  name: `Racket model ${number}`,
  price: 19.9 + number,
  description: DESCRIPTION,
}));

export const requestOf = (id) => ({
  id,
  userId: 'u-7f3a9c1e',
  kind: 'orders.create',
  at: '2026-01-15T10:00:00.000Z',
  lines: [
    { sku: 'P-1001', qty: 2, price: 19.9 },
    { sku: 'P-2044', qty: 1, price: 149.5 },
  ],
  note: 'Deliver to the club house, side entrance, ask for the coach.',
  tags: ['tennis', 'junior', 'promo'],
  v: 3,
});

export const replyTo = ({ id }) => ({ id, status: 'ok', total: 189.3, items });

/** The JIT has compiled what is hot after so many; a slow contender is not waited for beyond the time. */
const WARM_REQUESTS = 12_000;
const WARM_MS = 6_000;
const WARM_IN_FLIGHT = 64;

/**
 * Keeps so many requests in flight until the time, or the number, is over; every reply is looked at.
 * @returns requests per second, waits in milliseconds, and how many were answered wrong or not at all
 */
export async function drive(call, { inFlight, ms, most = Infinity }) {
  const waits = createHistogram();
  const startedAt = performance.now();
  const endAt = startedAt + ms;
  let [sent, answered, failed] = [0, 0, 0];
  const loop = async () => {
    while (performance.now() < endAt && sent < most) {
      const request = requestOf((sent += 1));
      const at = performance.now();
      try {
        const reply = await call(request);
        if (reply?.id === request.id) answered += 1;
        else failed += 1;
      } catch {
        failed += 1;
      }
      // No bigint: Node's fast call of it takes numbers alone, and whatever V8 compiled around it is thrown away.
      waits.record(Math.max(1, Math.round((performance.now() - at) * 1e6)));
    }
  };
  await Promise.all(Array.from({ length: inFlight }, loop));
  const seconds = (performance.now() - startedAt) / 1_000;
  const millis = (percent) => waits.percentile(percent) / 1e6;
  return { answered, failed, seconds, p50: millis(50), p99: millis(99) };
}

export const warmUp = (call) =>
  drive(call, { inFlight: WARM_IN_FLIGHT, ms: WARM_MS, most: WARM_REQUESTS });
