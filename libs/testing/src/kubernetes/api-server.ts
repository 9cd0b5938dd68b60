import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { ApiStatus } from './api-status.js';
import { ObjectStore, type StoredObject } from './object-store.js';
import { resources } from './resources.js';
import { selects, WatchStream } from './watch-stream.js';

const PATH = /^\/(?:api|apis)\/(.+)\/namespaces\/([^/]+)\/([^/]+)(?:\/([^/]+))?$/;

/** What happens to a request before it is looked at. */
export type ApiFault = (request: { readonly method: string; readonly path: string }) =>
  | undefined
  /** Refused so. */
  | ApiStatus
  /** Answered so much later, milliseconds. */
  | number;

/**
 * A stand-in for the API server of a cluster, with its wire shapes: lists, watches with bookmarks,
 * `resourceVersion` and its conflicts, `Status` objects. It knows ConfigMaps, Secrets, Leases and
 * Events, and it fails on demand.
 */
export class ApiServer {
  readonly store = new ObjectStore();
  readonly watches = new Set<WatchStream>();
  /** Every request so far: `GET /api/v1/…`. */
  readonly requests: string[] = [];
  fault: ApiFault = () => undefined;
  /** Says whether the answer to a request gets lost: what was asked for is done. */
  loses: (request: { readonly method: string }) => boolean = () => false;
  readonly #directory = mkdtempSync(join(tmpdir(), 'courtside-kubeconfig-'));
  #server: Server | undefined;
  #port = 0;

  static async start(): Promise<ApiServer> {
    const server = new ApiServer();
    await server.online();
    writeFileSync(server.kubeconfig, kubeconfigOf(`http://127.0.0.1:${server.#port}`));
    return server;
  }

  /** The file that says where it is. */
  get kubeconfig(): string {
    return join(this.#directory, 'config');
  }

  /** Breaks all connections and takes none, until `online`. */
  async offline(): Promise<void> {
    const server = this.#server;
    if (!server) return;
    this.#server = undefined;
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  }

  async online(): Promise<void> {
    this.#server = createServer((request, response) => void this.#answer(request, response));
    this.#server.listen(this.#port, '127.0.0.1');
    await once(this.#server, 'listening');
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    await this.offline();
    rmSync(this.#directory, { recursive: true, force: true });
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', url = '/' } = request;
    const { pathname: path, searchParams } = new URL(url, 'http://api');
    this.requests.push(`${method} ${path}${searchParams.has('watch') ? '?watch' : ''}`);
    try {
      const fault = this.fault({ method, path });
      if (fault instanceof ApiStatus) throw fault;
      if (fault !== undefined) await pause(fault, undefined, { ref: false });
      const body = await text(request);
      const found = this.#find(method, path, searchParams, body, response);
      if (found && this.loses({ method })) response.destroy();
      else if (found) send(response, method === 'POST' ? 201 : 200, found);
    } catch (error) {
      const status = error instanceof ApiStatus ? error : new ApiStatus(500, String(error));
      send(response, status.code, status);
    }
  }

  /** @returns the answer; undefined for a watch, which answers by itself. */
  #find(
    method: string,
    path: string,
    query: URLSearchParams,
    body: string,
    response: ServerResponse,
  ): object | undefined {
    const [, group = '', namespace = '', plural = '', name] = PATH.exec(path) ?? [];
    const resource = resources[`${group}/${plural}`];
    if (!resource) throw new ApiStatus(404, `the server could not find the requested resource`);
    const { apiVersion, kind, validate } = resource;
    const folder = `${group}/${plural}/${namespace}`;
    if (method === 'GET' && name) return this.store.get(folder, name);
    if (method === 'GET' && query.get('watch') === 'true') {
      this.#watch({ store: this.store, folder, query, response, kind: { apiVersion, kind } });
      return undefined;
    }
    if (method === 'GET') {
      const items = this.store.list(folder).filter(selects(query.get('labelSelector')));
      const metadata = { resourceVersion: String(this.store.revision) };
      return { kind: `${kind}List`, apiVersion, metadata, items };
    }
    if (method === 'DELETE' && name) return this.store.remove(folder, name);
    if (method === 'PATCH' && name)
      return this.store.merge(folder, name, JSON.parse(body) as object);
    const object = objectIn(body, { apiVersion, kind, namespace });
    validate?.(object);
    if (method === 'POST') return this.store.create(folder, object);
    if (method === 'PUT' && name === object.metadata.name)
      return this.store.replace(folder, object);
    throw new ApiStatus(400, `${method} ${path} is nothing that this stand-in knows`);
  }

  #watch(request: ConstructorParameters<typeof WatchStream>[0]): void {
    const stream = new WatchStream(request);
    this.watches.add(stream);
    request.response.on('close', () => this.watches.delete(stream));
  }
}

function objectIn(
  body: string,
  { namespace, ...kind }: { apiVersion: string; kind: string; namespace: string },
): StoredObject {
  const given = JSON.parse(body) as StoredObject;
  if (!given.metadata?.name) throw new ApiStatus(422, 'metadata.name: Required value');
  return { ...given, ...kind, metadata: { ...given.metadata, namespace } };
}

function send(response: ServerResponse, code: number, body: object): void {
  response.writeHead(code, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

const kubeconfigOf = (server: string): string =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'stand-in',
    clusters: [{ name: 'stand-in', cluster: { server, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'stand-in', user: {} }],
    contexts: [
      { name: 'stand-in', context: { cluster: 'stand-in', user: 'stand-in', namespace: 'spec' } },
    ],
  });
