/** The platform as it runs on one machine behind a reverse proxy, its pages included. */
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request as ask, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, Program } from './programs.js';

const READY_WITHIN_MS = 180_000;

/** Tells an upstream's side what it was asked. */
const echo = `apiVersion: gateway/v1
kind: RouteTable
metadata: { name: echo, revision: '1' }
spec:
  routes:
    - get: /echo
      auth: none
      to: { upstream: WEB_URL, path: /echo }
`;

export class Behind {
  private constructor(
    readonly folder: string,
    /** Where the gateway is, as host and port. */
    readonly gateway: string,
    private readonly parts: { launcher: Program; web: Program; upstream: Server },
  ) {}

  static async start(): Promise<Behind> {
    const folder = mkdtempSync(join(tmpdir(), 'courtside-doors-'));
    const [port, webPort] = [await freePort(), await freePort()];
    const upstream = await upstreamOf(webPort);
    const env = {
      ROUTES_DIR: routesIn(folder),
      TRUSTED_HOPS: '1',
      HTTPS_PORT: '443',
      WEB_URL: `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`,
    };
    const state = ['--state', join(folder, 'state'), '--port', String(port)];
    const launcher = new Program([process.execPath, 'tools/start.mjs', ...state], env);
    const url = `http://127.0.0.1:${port}`;
    await launcher.until('the platform is ready', () => isOk(`${url}/readyz`), READY_WITHIN_MS);
    const web = startPages(folder, webPort);
    await web.until('the pages are there', () => isOk(`http://127.0.0.1:${webPort}/`));
    return new Behind(folder, `127.0.0.1:${port}`, { launcher, web, upstream });
  }

  async stop(): Promise<void> {
    const { launcher, web, upstream } = this.parts;
    await Promise.all([launcher.stop('SIGINT'), web.stop()]);
    upstream.closeAllConnections();
    upstream.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

async function isOk(url: string): Promise<boolean> {
  return (await fetch(url)).ok;
}

/** The tables that an installation has, and the echo. */
function routesIn(folder: string): string {
  const routes = join(folder, 'routes');
  mkdirSync(routes);
  copyFileSync('apps/gateway/routes/public.yaml', join(routes, 'public.yaml'));
  copyFileSync('helm/gateway/files/web.yaml', join(routes, 'web.yaml'));
  writeFileSync(join(routes, 'echo.yaml'), echo);
  return routes;
}

/** The pages as they are in an image, where files have a hash in their name. */
function startPages(folder: string, port: number): Program {
  const out = join(folder, 'web');
  const packed = spawnSync(process.execPath, ['tools/images/bundle.mjs', 'web', out], {
    encoding: 'utf8',
  });
  if (packed.status !== 0) throw new Error(`the pages cannot be packed: ${packed.stderr}`);
  const env = { PORT: String(port), ADMIN_PORT: '0', PAGES_DIR: join(out, 'app/public') };
  return new Program([process.execPath, join(out, 'app/main.js')], env);
}

/** Answers `/echo` itself and hands on everything else to the pages. */
async function upstreamOf(webPort: number): Promise<Server> {
  const server = createServer((asked, answer) => {
    if (asked.url === '/echo') {
      answer.setHeader('content-type', 'application/json');
      return void answer.end(JSON.stringify(asked.headers));
    }
    const { url: path, method, headers } = asked;
    const onward = ask({ port: webPort, path, method, headers }, (got) => {
      answer.writeHead(got.statusCode ?? 502, got.headers);
      got.pipe(answer);
    });
    onward.once('error', () => answer.destroy());
    asked.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}
