import type { ServiceName } from '@courtside/contracts';
import type { AppDefinition } from '@courtside/service';
import { aPlatform, eventually, type TestPlatform } from '@courtside/testing';
import { app as auth } from '../../apps/auth/src/app.js';
import { app as orders } from '../../apps/orders/src/app.js';
import { app as products } from '../../apps/products/src/app.js';
import { app as time } from '../../apps/time/src/app.js';
import { call, type Answer } from '../api.js';
import { aReplica, gateway, urlOf, users } from './apps.js';

/** An app that starts again on a busy machine, milliseconds. */
const BACK_WITHIN_MS = 20_000;
jest.setTimeout(60_000);

const services: Readonly<Record<string, AppDefinition>> = { auth, users, products, orders, time };

interface Journey {
  /** What it cannot do without; the first of them answers it. */
  readonly needs: readonly ServiceName[];
  readonly operation: string;
  readonly body?: (productId: string) => unknown;
}

/** Who is signed in is known to auth, and what they may do to users. */
const SIGNED_IN = ['auth', 'users'] as const;
const journeys: Readonly<Record<string, Journey>> = {
  'reads the catalogue': { needs: ['products'], operation: 'GET /api/products' },
  'signs in': {
    needs: SIGNED_IN,
    operation: 'POST /api/login',
    body: () => ({ username: 'admin', password: 'a' }),
  },
  'lists users': { needs: ['users', 'auth'], operation: 'GET /api/users' },
  'looks at orders': { needs: ['orders', ...SIGNED_IN], operation: 'GET /api/orders' },
  buys: {
    needs: ['orders', 'products', ...SIGNED_IN],
    operation: 'POST /api/orders',
    body: (productId) => ({ items: [{ productId, quantity: 1 }] }),
  },
  'asks for the time': { needs: ['time', ...SIGNED_IN], operation: 'GET /api/v1/time' },
  'reads the documents': { needs: [], operation: 'GET /docs' },
};

describe('a platform with one service down', () => {
  let platform: TestPlatform;
  let token = '';
  let productId = '';
  const walk = ({ operation, body }: Journey, at = urlOf(platform)): Promise<Answer> =>
    call(operation, { at, token, ...(body && { body: body(productId) }) });

  beforeAll(async () => {
    const demo = { DEMO: 'true' };
    platform = await aPlatform([...Object.values(services), gateway], {
      env: { auth: demo, users: demo },
    });
    const credentials = { username: 'admin', password: 'a' };
    const signedIn = await call('POST /api/login', { at: urlOf(platform), body: credentials });
    token = String(signedIn.body['access_token']);
    const body = { name: 'Ball', price: { amount: 100, currency: 'EUR' } };
    const added = await call('POST /api/products', { at: urlOf(platform), token, body });
    productId = String(added.body['id']);
  });
  afterAll(() => platform?.close());

  it.each(Object.keys(services) as ServiceName[])(
    '[4.30] goes on with every journey that does not need %s, says 503 to the others, and mends',
    async (down) => {
      await platform.stop(down);
      try {
        for (const [name, journey] of Object.entries(journeys)) {
          if (journey.needs[0] === down) {
            const answer = await walk(journey);
            expect([name, answer.status, answer.body['code']]).toEqual([
              ...[name, 503, 'service.unavailable'],
            ]);
            expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
          } else if (!journey.needs.includes(down)) {
            const { status, text } = await walk(journey);
            expect([name, status < 300 || text]).toEqual([name, true]);
          }
        }
      } finally {
        await platform.start(services[down]!);
      }
      for (const [name, journey] of Object.entries(journeys)) {
        const isBack = async () => (await walk(journey)).status < 300;
        await eventually(`somebody again ${name}`, isBack, BACK_WITHIN_MS);
      }
    },
  );

  it('[4.30] with one of two gateways down answers every journey at the other', async () => {
    const second = await aReplica(platform, gateway);
    await platform.stop('gateway');
    try {
      for (const [name, journey] of Object.entries(journeys)) {
        const { status, text } = await walk(journey, second.url);
        expect([name, status < 300 || text]).toEqual([name, true]);
      }
    } finally {
      await second.close();
      await platform.start(gateway);
    }
  });
});
