/** What stands in front of the gateway where there is no cluster: Caddy and nginx, alike. */
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { securityHeaders, strictTransport } from '../../apps/gateway/src/http/security-headers.js';
import { handshake, through } from './asking.js';
import { Behind } from './behind.js';
import { startCaddy, startNginx, type Door } from './door.js';
import { freePort } from './programs.js';

jest.setTimeout(240_000);

/** Differ from one request to the next, or with how long a text is. */
const OF_ONE_ANSWER = new Set([
  ...['date', 'x-request-id', 'content-length', 'transfer-encoding', 'connection'],
]);
const PATHS = [
  '/',
  '/docs',
  '/docs/start.js',
  '/schema',
  '/web',
  '/livez',
  '/nowhere',
  '/api/v1/users',
];

/** The headers that a kind of answer always has. */
function lasting(headers: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const kept = Object.entries(headers).filter(([name]) => !OF_ONE_ANSWER.has(name));
  return Object.fromEntries(kept.sort());
}

let platform: Behind;
let doors: Record<string, Door> = {};
const door = (name: string): Door => doors[name]!;
/** The same in front of a gateway that is not there. */
let shut: Record<string, Door> = {};

beforeAll(async () => {
  platform = await Behind.start();
  const { folder, gateway } = platform;
  const nobody = `127.0.0.1:${await freePort()}`;
  const [caddy, nginx, shutCaddy, shutNginx] = await Promise.all([
    startCaddy(join(folder, 'open'), gateway),
    startNginx(join(folder, 'open'), gateway),
    startCaddy(join(folder, 'shut'), nobody),
    startNginx(join(folder, 'shut'), nobody),
  ]);
  doors = { Caddy: caddy, nginx };
  shut = { Caddy: shutCaddy, nginx: shutNginx };
});
afterAll(async () => {
  await Promise.all([...Object.values(doors), ...Object.values(shut)].map((one) => one.stop()));
  await platform?.stop();
});

describe.each(['Caddy', 'nginx'])('behind %s', (name) => {
  it('[0.3] [2.14] whoever comes by http is sent to https with 308', async () => {
    for (const path of ['/', '/api/v1/products?limit=1']) {
      const { status, headers } = await through(door(name), path, { by: 'http' });
      expect([status, headers.location]).toEqual([308, `https://localhost${path}`]);
    }
  });

  it('[0.3] [2.14] TLS is 1.2 or 1.3, with a certificate that is valid for the host', async () => {
    const open = door(name);
    const old = {
      minVersion: 'TLSv1',
      maxVersion: 'TLSv1.1',
      ciphers: 'DEFAULT@SECLEVEL=0',
    } as const;
    expect(await handshake(open, old)).toMatch(/PROTOCOL_VERSION|UNSUPPORTED_PROTOCOL/);
    expect(await handshake(open, { maxVersion: 'TLSv1.2' })).toBe('TLSv1.2');
    expect(await handshake(open, { minVersion: 'TLSv1.3' })).toBe('TLSv1.3');
    expect(await handshake(open, { servername: 'elsewhere.example' })).not.toMatch(/^TLSv1/);
  });

  it('[0.10] every answer has the hardened headers, and none says what made it', async () => {
    for (const path of PATHS) {
      const { headers } = await through(door(name), path);
      const { 'content-security-policy': policy, ...fixed } = {
        ...securityHeaders,
        ...strictTransport,
      };
      expect({ path, ...headers }).toMatchObject({ path, ...fixed });
      expect(headers['content-security-policy']).toMatch(
        /^default-src 'none'.*frame-ancestors 'none'/,
      );
      expect(headers['content-security-policy']).not.toMatch(/unsafe|https?:/);
      expect(policy).toBeDefined();
      for (const banner of ['server', 'x-powered-by', 'via', 'alt-svc']) {
        expect([path, headers[banner]]).toEqual([path, undefined]);
      }
    }
    const redirect = await through(door(name), '/', { by: 'http' });
    expect(redirect.headers).toMatchObject(securityHeaders);
    expect(redirect.headers.server).toBeUndefined();
  });

  it('nothing that a client forges about its way is believed', async () => {
    const forged = {
      'x-forwarded-for': '6.6.6.6',
      'x-forwarded-proto': 'http',
      'x-forwarded-host': 'evil.example',
      forwarded: 'for=6.6.6.6;proto=http',
    };
    const seen = await through(door(name), '/echo', { headers: forged });
    expect(seen.status).toBe(200);
    expect(JSON.parse(seen.text)).toMatchObject({ 'x-forwarded-for': '127.0.0.1' });
    expect(seen.text).not.toMatch(/6\.6\.6\.6|evil/);
    const pretended = { ...forged, 'x-forwarded-proto': 'https' };
    const sent = await through(door(name), '/echo', { by: 'http', headers: pretended });
    expect([sent.status, sent.headers.location]).toEqual([308, 'https://localhost/echo']);
  });

  it('[0.10] a gateway that is away is a 503 to try again, with the same headers', async () => {
    for (const by of ['https', 'http'] as const) {
      const { status, headers, text } = await through(shut[name]!, '/api/v1/products', { by });
      expect([by, status]).toEqual([by, 503]);
      const wanted = { ...securityHeaders, ...(by === 'https' && strictTransport) };
      expect(headers).toMatchObject(wanted);
      expect(headers).toMatchObject({
        'content-type': 'application/problem+json',
        'retry-after': '2',
      });
      expect(headers.server).toBeUndefined();
      expect(JSON.parse(text)).toMatchObject({ status: 503, code: 'service.unavailable' });
    }
  });

  it('[4.28] [0.4] the journeys pass, as they do without it', () => {
    const { https, authority } = door(name);
    const jest = ['node_modules/jest/bin/jest.js', '--selectProjects', 'e2e', '--ci', '--silent'];
    const env = {
      ...process.env,
      BASE_URL: `https://localhost:${https}`,
      NODE_EXTRA_CA_CERTS: authority,
    };
    const { status, stderr } = spawnSync(process.execPath, jest, { env, encoding: 'utf8' });
    if (status !== 0) throw new Error(stderr.slice(-6_000));
  });
});

describe('both reverse proxies', () => {
  it('[0.10] give answers with the same headers', async () => {
    for (const path of PATHS) {
      const [caddy, nginx] = await Promise.all([
        through(door('Caddy'), path),
        through(door('nginx'), path),
      ]);
      expect({ path, ...lasting(nginx.headers) }).toEqual({ path, ...lasting(caddy.headers) });
    }
  });

  it('[0.4] serve pages that load nothing from elsewhere, and all of it through the gateway', async () => {
    for (const open of Object.values(doors)) {
      const page = await through(open, '/web');
      expect([open.name, page.status]).toEqual([open.name, 200]);
      expect(page.text).not.toMatch(/(src|href|action)="(https?:)?\/\//);
      const loaded = [...page.text.matchAll(/<(?:script|link)[^>]+(?:src|href)="([^"]+)"/g)];
      expect(loaded.length).toBeGreaterThan(1);
      for (const [, path = ''] of loaded) expect((await through(open, path)).status).toBe(200);
      const script = loaded.map(([, path = '']) => path).find((path) => path.endsWith('.js'));
      expect((await through(open, script ?? '')).text).not.toMatch(/https?:\/\//);
    }
  });
});

describe('Caddy, for development', () => {
  it('[4.12] serves plain HTTP on this machine, /docs included, and sends nobody to HTTPS', async () => {
    const headers = { 'x-forwarded-proto': 'https' };
    for (const path of ['/docs', '/docs/swagger-ui-bundle.js', '/smoke']) {
      const answer = await through(door('Caddy'), path, { by: 'plain', headers });
      expect([path, answer.status]).toEqual([path, 200]);
      expect(answer.headers['strict-transport-security']).toBeUndefined();
    }
    const { text } = await through(door('Caddy'), '/docs', { by: 'plain' });
    expect(text).not.toMatch(/(src|href)="(https?:)?\/\//);
  });
});

describe('what the repository has of them', () => {
  it('[0.10] passes the check of Caddy, and is written as Caddy would write it', () => {
    const checked = spawnSync('caddy', ['validate', '--config', 'Caddyfile'], { encoding: 'utf8' });
    expect([checked.status, checked.stdout]).toEqual([0, expect.stringContaining('Valid')]);
    const written = execFileSync('caddy', ['fmt', 'Caddyfile'], { encoding: 'utf8' });
    expect(written).toBe(readFileSync('Caddyfile', 'utf8'));
  });

  it('[3.9] answers the curl lines of the documents, by the balancer and by the gateway', () => {
    const text = readFileSync('docs/operations/bare-host.md', 'utf8');
    const [, lines = ''] = /<!-- executed -->\n+```sh\n([^]*?)```/.exec(text) ?? [];
    expect(lines).toMatch(/curl .*\$BALANCER[^]*curl .*\$GATEWAY/);
    for (const open of Object.values(doors)) {
      const env = {
        ...process.env,
        BALANCER: `https://localhost:${open.https}`,
        GATEWAY: `http://${platform.gateway}`,
        CURL_CA_BUNDLE: open.authority,
      };
      const said = execFileSync('bash', ['-euc', lines], { env, encoding: 'utf8' });
      expect(said.match(/^\{"up":true/gm)).toHaveLength(2);
    }
  });
});
