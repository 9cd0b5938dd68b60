import { loadConfig } from './load-config.js';
import { serviceConfig } from './service-config.js';

const needed = { SERVICE_KEY: '{}', SERVICE_JWKS: '{}' };
const password = 'pw%40orders';
const login = `nx-orders:${password}`;
const load = (environment: Record<string, string>) =>
  loadConfig('orders', serviceConfig, { ...needed, REDIS_URL: 'memory:', ...environment });

describe('the address of the bus', () => {
  it.each([
    `redis://${login}@redis:6379`,
    `rediss://${login}@redis:6380/1`,
    `redis+sentinel://${login}@one:26379,two:26379/main`,
    `rediss+sentinel://${login}@one,two/main/0?sentinelUsername=watch&sentinelPassword=pw`,
    `redis+cluster://${login}@one:6379,two:6379`,
    `rediss+cluster://${login}@[::1]:6379`,
    'memory:',
  ])('may be %s', (url) => {
    expect(load({ REDIS_URL: url }).REDIS_URL).toBe(url);
  });

  it.each([
    ['http://redis:6379', 'redis+sentinel://'],
    [`redis+sentinel://${login}@one:26379`, 'lacks the name of the watched server'],
    [`redis+cluster://${login}@one:many`, 'hosts'],
    [`redis://${login}/1@redis`, 'host:port'],
  ])('may not be %s', (url, reason) => {
    expect(() => load({ REDIS_URL: url })).toThrow(reason);
    expect(() => load({ REDIS_URL: url })).not.toThrow(password);
  });
});

describe('copies that must have a message', () => {
  it('are none unless they are asked for', () => {
    expect(load({}).BUS_COPIES).toBe(0);
    expect(load({ BUS_COPIES: '1' }).BUS_COPIES).toBe(1);
    for (const wrong of ['-1', '1.5', '6', 'all']) {
      expect(() => load({ BUS_COPIES: wrong })).toThrow('BUS_COPIES');
    }
  });
});
