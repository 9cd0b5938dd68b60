import { randomBytes } from 'node:crypto';
import { securityHeaders, strictTransport } from '../../apps/gateway/src/http/security-headers.js';
import { objects, until, type ClusterObject } from './cluster.js';
import { platform } from './installation.js';
import { RELEASE, type Platform } from './platform.js';
import { throughIngress } from './through-ingress.js';

export const PASSWORD = 'correct horse battery staple';

/** What an answer says, when its status is the one expected. */
export async function ask<T>(
  status: number,
  operation: string,
  given: { readonly token?: string; readonly body?: unknown; readonly of?: Platform } = {},
): Promise<T> {
  const answer = await throughIngress(given.of ?? platform, operation, given);
  if (answer.status !== status) {
    throw new Error(`${operation}: expected ${status}, got ${answer.status} ${answer.text}`);
  }
  return (answer.text === '' ? {} : JSON.parse(answer.text)) as T;
}

export async function signIn(username: string, password: string, of = platform): Promise<string> {
  const body = { username, password };
  return (await ask<{ access_token: string }>(200, 'POST /api/login', { body, of })).access_token;
}

/** The administrator that the installation made. */
export async function firstAdmin(of = platform): Promise<{ username: string; password: string }> {
  const secrets = await objects<ClusterObject>(of.namespace, 'secrets');
  const secret = secrets.find(({ metadata }) => metadata.name === `${RELEASE}-first-admin`);
  const decoded = (key: string) => Buffer.from(secret?.data?.[key] ?? '', 'base64').toString();
  return { username: decoded('username'), password: decoded('password') };
}

export async function signInAsAdmin(of = platform): Promise<string> {
  const { username, password } = await firstAdmin(of);
  return signIn(username, password, of);
}

interface Product {
  readonly id: string;
  readonly stock: number;
}

export const journeys = (): void =>
  describe('used through its ingress, over TLS', () => {
    it('[0.7] answers under its name, with every service up', async () => {
      const smoke = await ask<{ up: boolean; services: Record<string, { up: boolean }> }>(
        200,
        'GET /smoke',
      );
      expect(smoke.up).toBe(true);
      expect(Object.keys(smoke.services).toSorted()).toEqual(
        ['auth', 'orders', 'products', 'time', 'users'].toSorted(),
      );
    });

    it('[0.10] gives answers with the headers that they have behind Caddy and nginx', async () => {
      const { 'content-security-policy': _, ...fixed } = { ...securityHeaders, ...strictTransport };
      for (const path of ['/', '/docs', '/web', '/nowhere', '/api/v1/users']) {
        const { headers } = await throughIngress(platform, `GET ${path}`);
        expect({ path, ...headers }).toMatchObject({ path, ...fixed });
        expect(headers['content-security-policy']).toMatch(/^default-src 'none'/);
        expect(headers['content-security-policy']).not.toMatch(/unsafe/);
        expect([headers['server'], headers['x-powered-by']]).toEqual([undefined, undefined]);
      }
    });

    it('shows the pages of web, which only the gateway reaches', async () => {
      const page = await throughIngress(platform, 'GET /web');
      expect(page.status).toBe(200);
      expect(page.headers['content-type']).toMatch(/^text\/html\b/);
      const [, script = ''] = /src="(\/assets\/[^"]+\.js)"/.exec(page.text) ?? [];
      const asset = await throughIngress(platform, `GET ${script}`);
      expect([asset.status, asset.headers['cache-control']]).toEqual([
        200,
        expect.stringContaining('immutable'),
      ]);
      expect((await throughIngress(platform, 'GET /assets/nothing.js')).status).toBe(404);
    });

    it('[4.24] asks for a token, and for a right one', async () => {
      await ask(401, 'GET /api/users');
      await ask(401, 'GET /api/users', { token: 'not-a-token' });
      await ask(401, 'POST /api/login', { body: { username: 'admin', password: 'a' } });
    });

    it('[2.15] lets somebody sign up, buy what an administrator put on sale, and call it off', async () => {
      const admin = await signInAsAdmin();
      const sku = randomBytes(4).toString('hex');
      const product = await ask<Product>(201, 'POST /api/products', {
        token: admin,
        body: { name: `Ball ${sku}`, price: { amount: 1_999, currency: 'EUR' }, stock: 5 },
      });
      const username = `guest-${sku}`;
      await ask(201, 'POST /api/users', { body: { username, password: PASSWORD } });
      const token = await signIn(username, PASSWORD);
      await ask(403, 'GET /api/users', { token });
      const order = await ask<{ id: string; status: string }>(201, 'POST /api/orders', {
        token,
        body: { items: [{ productId: product.id, quantity: 2 }] },
      });
      const stock = async () =>
        (await ask<Product>(200, `GET /api/products/${product.id}`, { token })).stock;
      expect(await stock()).toBe(3);
      await ask(200, `POST /api/orders/${order.id}/cancel`, { token });
      await until('its pieces are on sale again', async () =>
        (await stock()) === 5 ? true : undefined,
      );
    });
  });
