import { request } from 'node:http';
import { strictTransport } from '../src/http/security-headers.js';
import { aGateway, type TestGateway } from './a-gateway.js';

const hsts = 'strict-transport-security';
const by = (scheme: string, more: Record<string, string> = {}) => ({
  headers: { 'x-forwarded-proto': scheme, ...more },
});

/** Asks with a Host of one's own, which fetch does not let through. */
function asking(gateway: TestGateway, host: string, path: string) {
  return new Promise<{ status: number; location: string }>((resolve, reject) => {
    const { hostname, port } = new URL(gateway.url);
    const headers = { host, 'x-forwarded-proto': 'http' };
    const asked = request({ hostname, port, path, headers }, (answer) => {
      answer.resume();
      const { statusCode: status = 0, headers: got } = answer;
      resolve({ status, location: got.location ?? '' });
    });
    asked.once('error', reject).end();
  });
}

describe('a gateway whose proxies speak HTTPS', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await aGateway({ env: { TRUSTED_HOPS: '1', HTTPS_PORT: '443' } });
  });
  afterAll(() => gateway.close());

  it('[0.3] [2.14] sends whoever came by http to https with 308, path and query kept', async () => {
    expect(await asking(gateway, 'sports.example', '/api/v1/products?limit=2')).toEqual({
      status: 308,
      location: 'https://sports.example/api/v1/products?limit=2',
    });
    expect((await asking(gateway, 'sports.example:8080', '//elsewhere')).location).toBe(
      'https://sports.example//elsewhere',
    );
    const login = { username: 'admin', password: 'a' };
    const written = await gateway.call('POST /api/login', { body: login, ...by('http') });
    expect([written.status, written.headers.get('content-length')]).toEqual([308, '0']);
    expect((await gateway.call('GET /nowhere', by('http'))).status).toBe(308);
  });

  it('sends nobody to a host that is none', async () => {
    for (const host of ['a b', 'x@y']) {
      expect((await asking(gateway, host, '/')).status).toBe(400);
    }
  });

  it('believes the counted proxy, not what a client wrote before it', async () => {
    expect((await gateway.call('GET /livez', by('https, http'))).status).toBe(308);
    expect((await gateway.call('GET /livez', by('http, https'))).status).toBe(200);
  });

  it('[0.10] tells whoever came by https to stay there, refusals included', async () => {
    for (const path of ['/livez', '/docs', '/nowhere', '/api/v1/users']) {
      const { headers } = await gateway.call(`GET ${path}`, by('https'));
      expect([path, headers.get(hsts)]).toEqual([path, strictTransport[hsts]]);
    }
    expect((await gateway.call('GET /livez', by('http'))).headers.get(hsts)).toBeNull();
  });

  it('lets be what came past the proxies, as a probe does', async () => {
    const probed = await gateway.call('GET /readyz');
    expect([probed.status, probed.headers.get(hsts)]).toEqual([200, null]);
  });

  it('shows on its start page how it was reached', async () => {
    expect((await gateway.call('GET /', by('https'))).text).toContain(`curl -s https://127.0.0.1`);
    expect((await gateway.call('GET /')).text).toContain(`curl -s http://127.0.0.1`);
  });
});

describe('the setting HTTPS_PORT', () => {
  it('may be another port, which is then named', async () => {
    const gateway = await aGateway({ env: { TRUSTED_HOPS: '1', HTTPS_PORT: '8443' } });
    const { location } = await asking(gateway, '[::1]:8080', '/docs');
    expect(location).toBe('https://[::1]:8443/docs');
    await gateway.close();
  });

  it('changes nothing where it is not given, whatever a client says', async () => {
    const gateway = await aGateway({ env: { TRUSTED_HOPS: '1' } });
    const answer = await gateway.call('GET /livez', by('http'));
    expect([answer.status, answer.headers.get(hsts)]).toEqual([200, null]);
    await gateway.close();
  });

  it('is refused where no proxy is trusted, since nobody could be believed', async () => {
    await expect(aGateway({ env: { HTTPS_PORT: '443' } })).rejects.toThrow(
      /HTTPS_PORT: needs TRUSTED_HOPS/,
    );
  });
});
