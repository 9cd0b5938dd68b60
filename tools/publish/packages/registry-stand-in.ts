/** A registry of npm packages in this process, as far as npm publishes to it and installs from it. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

const TOKEN = 'a-token';

interface Document {
  readonly name: string;
  'dist-tags': Record<string, string>;
  versions: Record<string, { dist: { tarball: string; integrity: string } }>;
  readonly _attachments: Record<string, { readonly data: string }>;
}

export interface NpmRegistry {
  readonly url: string;
  /** What npm has to be told to publish there, and to find what is called @courtside there. */
  readonly env: Record<string, string>;
  readonly packages: Map<string, Document>;
  close(): Promise<void>;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString();
}

export async function anNpmRegistry(): Promise<NpmRegistry> {
  const packages = new Map<string, Document>();
  const tarballs = new Map<string, Buffer>();

  async function take(name: string, request: IncomingMessage): Promise<number> {
    if (request.headers.authorization !== `Bearer ${TOKEN}`) return 401;
    const sent = JSON.parse(await bodyOf(request)) as Document;
    const known = packages.get(name);
    if (Object.keys(sent.versions).some((version) => known?.versions[version])) return 403;
    for (const [file, { data }] of Object.entries(sent._attachments)) {
      tarballs.set(`${name}/-/${file}`, Buffer.from(data, 'base64'));
    }
    const versions = { ...known?.versions, ...sent.versions };
    const tags = { ...known?.['dist-tags'], ...sent['dist-tags'] };
    packages.set(name, { ...sent, versions, 'dist-tags': tags });
    return 201;
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = decodeURIComponent(new URL(request.url!, 'http://x').pathname.slice(1));
    if (request.method === 'PUT') {
      response.writeHead(await take(path, request)).end('{}');
      return;
    }
    const tarball = tarballs.get(path);
    const found = packages.get(path);
    response.writeHead((tarball ?? found) ? 200 : 404);
    response.end(tarball ?? JSON.stringify(found ?? { error: 'Not found' }));
  }

  const server = createServer((request, response) => void answer(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: `http://${host}`,
    env: {
      [`npm_config_//${host}/:_authToken`]: TOKEN,
      'npm_config_@courtside:registry': `http://${host}`,
    },
    packages,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
