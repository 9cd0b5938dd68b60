import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startWeb, type RunningWeb } from '../src/start-web.js';

/** A request as it is written, without what a client of HTTP would mend. */
function raw(url: string, path: string, method = 'GET'): Promise<number> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    const asked = request({ hostname, port, path, method }, (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    });
    asked.once('error', reject);
    asked.end();
  });
}

const start = (folder: string) =>
  startWeb({ NODE_ENV: 'test', PORT: '0', ADMIN_PORT: '0', LOG_LEVEL: 'error', PAGES_DIR: folder });

describe('web', () => {
  let web: RunningWeb;
  const folder = mkdtempSync(join(tmpdir(), 'web-'));
  beforeAll(async () => {
    writeFileSync(join(folder, 'index.html'), '<title>start</title>');
    writeFileSync(join(folder, '404.html'), '<title>missing</title>');
    writeFileSync(join(folder, 'home-ABCD1234.css'), 'main {}');
    writeFileSync(join(folder, '.hidden'), 'not for anyone');
    web = await start(folder);
  });
  afterAll(async () => {
    await web.close();
    rmSync(folder, { recursive: true });
  });

  it('serves the start page, to be asked for anew each time', async () => {
    const answer = await fetch(web.url);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toContain('text/html');
    expect(answer.headers.get('cache-control')).toBe('no-cache');
    expect(await answer.text()).toContain('start');
  });

  it('does not take an old page for the new one because both have one time', async () => {
    const headers = {
      'if-modified-since': new Date().toUTCString(),
      'if-none-match': 'W/"20-315532800"',
    };
    expect((await fetch(web.url, { headers })).status).toBe(200);
  });

  it('lets files with a hash in their name be kept for ever', async () => {
    const answer = await fetch(`${web.url}/home-ABCD1234.css`);
    expect(answer.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
  });

  it('allows a page nothing of another origin and nothing inside itself', async () => {
    for (const path of ['/', '/none']) {
      const policy = (await fetch(web.url + path)).headers.get('content-security-policy') ?? '';
      expect(policy).toContain("default-src 'none'");
      expect(policy).not.toContain('unsafe-inline');
    }
  });

  it('answers HEAD like GET, without the body', async () => {
    const answer = await fetch(web.url, { method: 'HEAD' });
    expect([answer.status, await answer.text()]).toEqual([200, '']);
    expect(answer.headers.get('content-length')).toBe('20');
  });

  it.each(['POST', 'PUT', 'DELETE', 'OPTIONS'])(
    'refuses %s and says what it takes',
    async (method) => {
      const answer = await fetch(web.url, { method });
      expect(answer.status).toBe(405);
      expect(answer.headers.get('allow')).toBe('GET, HEAD');
      expect(answer.headers.get('content-type')).toBe('application/problem+json');
    },
  );

  it.each([
    '/none',
    '/../web.spec.ts',
    '/%2e%2e/web.spec.ts',
    '/.hidden',
    '/%',
    '/%00',
    '//etc/passwd',
  ])('has nothing at %s', async (path) => {
    expect(await raw(web.url, path)).toBe(404);
  });

  it('tells its state at the admin port', async () => {
    const answers = ['livez', 'readyz', 'startupz', 'metrics'].map(
      async (probe) => (await fetch(`http://127.0.0.1:${web.adminPort}/web/${probe}`)).status,
    );
    expect(await Promise.all(answers)).toEqual([200, 200, 200, 200]);
  });

  it('does not start on a folder without pages', async () => {
    await expect(start(join(folder, 'none'))).rejects.toThrow('index.html');
  });
});

describe('the pages of web', () => {
  const folder = 'apps/web/public';
  const texts = readdirSync(folder)
    .filter((name) => /\.(html|css|js)$/.test(name))
    .map((name) => ({ name, text: readFileSync(join(folder, name), 'utf8') }));

  it('ask their own origin alone, by paths', () => {
    expect(texts.length).toBeGreaterThan(2);
    const references = texts.flatMap(({ text }) =>
      [...text.matchAll(/(?:src|href|action)="([^"]*)"|(?:fetch|import|url)\(['"]?([^'")]*)/g)].map(
        ([, attribute, call]) => attribute ?? call ?? '',
      ),
    );
    expect(references).toEqual(expect.arrayContaining(['/smoke', '/status.js', '/home.css']));
    for (const reference of references) expect(reference).toMatch(/^(\/(?!\/)|#)/);
    for (const { name, text } of texts) {
      const elsewhere = text.replaceAll('http://www.w3.org/2000/svg', '').match(/\bhttps?:\/\//g);
      expect([name, elsewhere]).toEqual([name, null]);
    }
  });
});

describe('web that is told to stop', () => {
  it('finishes what it answers and takes no more', async () => {
    const web = await start('apps/web/public');
    const held = await fetch(web.url);
    const closed = web.close();
    expect(await held.text()).toContain('Courtside');
    await closed;
    await expect(fetch(web.url)).rejects.toThrow('fetch failed');
  });
});
