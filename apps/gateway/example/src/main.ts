/** A gateway with a table and a page of its own, and one service behind it, on a bus inside this process. */
import 'reflect-metadata';
import { serviceNames } from '@courtside/contracts';
import { app as gateway } from '@courtside/gateway';
import { makeKey, publicJwk } from '@courtside/identity';
import { startApps } from '@courtside/service';
import { OwnGateway } from './greeting.js';
import { app as products } from './products.js';

const keys = new Map(serviceNames.map((name) => [name, makeKey(`${name}.1`)]));
const jwks = (all: Iterable<Parameters<typeof publicJwk>[0]>) =>
  JSON.stringify({ keys: [...all].map(publicJwk) });
const environmentOf = (name: (typeof serviceNames)[number]) => ({
  LOG_LEVEL: 'error',
  REDIS_URL: 'memory:example',
  SERVICE_KEY: JSON.stringify(keys.get(name)),
  SERVICE_JWKS: jwks(keys.values()),
  ADMIN_PORT: '0',
});

const ownGateway = {
  ...gateway,
  module: (config: never) => OwnGateway.around(gateway.module(config)),
};
const running = await startApps([
  { app: products, env: environmentOf('products') },
  {
    app: ownGateway,
    env: {
      ...environmentOf('gateway'),
      PORT: '0',
      ROUTES_DIR: 'routes',
      TOKEN_JWKS: jwks([makeKey('token.1')]),
    },
  },
]);
try {
  const door = running.apps.find(({ url }) => url !== undefined)?.url ?? '';
  for (const path of [
    '/shop/v1/catalogue?limit=1',
    '/shop/v1/orders',
    '/hello/Ann',
    '/elsewhere',
  ]) {
    const response = await fetch(door + path);
    const { products: found, greeting, code } = (await response.json()) as Record<string, unknown>;
    const names = (found as { name: string }[] | undefined)?.map(({ name }) => name);
    console.log(`GET ${path}: ${response.status} ${String(names ?? greeting ?? code)}`);
  }
} finally {
  await running.close();
}
