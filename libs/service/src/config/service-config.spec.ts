import { loadConfig } from './load-config.js';
import { serviceConfig } from './service-config.js';

const needed = { SERVICE_KEY: '{}', SERVICE_JWKS: '{}' };
const load = (environment: Record<string, string>) =>
  loadConfig('orders', serviceConfig, { ...needed, REDIS_URL: 'memory:', ...environment });

describe('the address of the bus', () => {
  it.each([
    'redis://nx-orders:pw@redis:6379',
    'rediss://nx-orders:p%40s@redis:6380/1',
    'redis+sentinel://nx-orders:pw@one:26379,two:26379/main',
    'rediss+sentinel://nx-orders:pw@one,two/main/0?sentinelUsername=watch&sentinelPassword=pw',
    'redis+cluster://nx-orders:pw@one:6379,two:6379',
    'rediss+cluster://nx-orders:pw@[::1]:6379',
    'memory:',
  ])('may be %s', (url) => {
    expect(load({ REDIS_URL: url }).REDIS_URL).toBe(url);
  });

  it.each([
    ['http://redis:6379', 'redis+sentinel://'],
    ['redis+sentinel://nx-orders:password@one:26379', 'lacks the name of the watched server'],
    ['redis+cluster://nx-orders:password@one:many', 'hosts'],
    ['redis://nx-orders:password/1@redis', 'host:port'],
  ])('may not be %s', (url, reason) => {
    expect(() => load({ REDIS_URL: url })).toThrow(reason);
    expect(() => load({ REDIS_URL: url })).not.toThrow('orders:password');
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
