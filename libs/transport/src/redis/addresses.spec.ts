import { resolveAddress } from './addresses.js';

const resolve = (url: string) => resolveAddress({ url });

describe('the address of Redis', () => {
  it('of one server is left to ioredis', () => {
    const url = 'rediss://user:pw@host:6380/2';
    expect(resolve(url)).toEqual({ kind: 'server', url, client: {} });
  });

  it('of Sentinel names sentinels, the watched server, its database and both logins', () => {
    const url = `redis+sentinel://orders:${encodeURIComponent('p@ss')}@one:26380,two/main/3?sentinelUsername=watch&sentinelPassword=s`;
    expect(resolve(url)).toEqual({
      kind: 'server',
      client: {
        username: 'orders',
        password: 'p@ss',
        sentinels: [
          { host: 'one', port: 26_380 },
          { host: 'two', port: 26_379 },
        ],
        name: 'main',
        db: 3,
        sentinelUsername: 'watch',
        sentinelPassword: 's',
      },
    });
  });

  it('of Sentinel asks for TLS to servers and sentinels alike', () => {
    expect(resolve('rediss+sentinel://one/main')).toMatchObject({
      client: { tls: {}, enableTLSForSentinelMode: true, sentinelTLS: {} },
    });
  });

  it('of a Cluster names some nodes, a user and TLS', () => {
    expect(resolve('rediss+cluster://:pw@one:7000,[::1]:7001,two')).toEqual({
      kind: 'cluster',
      nodes: [
        { host: 'one', port: 7_000 },
        { host: '::1', port: 7_001 },
        { host: 'two', port: 6_379 },
      ],
      client: { password: 'pw', tls: {} },
    });
  });

  it('carries the certificates it was given', () => {
    const tls = { ca: 'CERT' };
    expect(resolveAddress({ url: 'rediss+cluster://one', tls })).toMatchObject({ client: { tls } });
    expect(resolveAddress({ url: 'rediss://one', tls })).toMatchObject({ client: { tls } });
  });

  it('is refused without repeating it when hosts or name are missing', () => {
    expect(() => resolve(`redis+sentinel://user:${'secret'}@one:26379`)).toThrow('lacks the name');
    expect(() => resolve('redis+cluster://user:sec:ret@one:x,two')).toThrow(/^(?!.*secret).*hosts/);
    expect(() => resolve('redis://user:sec/ret@one')).toThrow(/^(?!.*sec).*host:port/);
    expect(() => resolve('redis+cluster://user:100%@one')).toThrow(/^(?!.*100).*%25/);
  });
});
