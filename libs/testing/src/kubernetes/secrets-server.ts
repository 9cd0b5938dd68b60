import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

/** A Secret as it travels: values in base64. */
export interface WireSecret {
  readonly apiVersion: 'v1';
  readonly kind: 'Secret';
  readonly type: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly resourceVersion: string;
    readonly labels?: Record<string, string>;
    readonly annotations?: Record<string, string>;
  };
  readonly data?: Record<string, string>;
}

type Fields = Record<string, unknown>;

/** Happens before a write; what it returns is the answer instead: a status, or `hang up`. */
export type Mishap = (write: {
  readonly method: string;
  readonly name: string;
}) => number | 'hang up' | void | Promise<number | 'hang up' | void>;

/**
 * Stands in for the API server of a cluster, for Secrets: read, create and merge patch by name, with
 * resource versions and `Status` answers as the real one gives them.
 */
export class SecretsServer {
  readonly secrets = new Map<string, WireSecret>();
  /** What was asked, as `PATCH shop/courtside-auth`. */
  readonly asked: string[] = [];
  mishap: Mishap = () => undefined;
  private readonly server: Server;
  private readonly directory = mkdtempSync(join(tmpdir(), 'secrets-server-'));
  private version = 100;

  constructor() {
    this.server = createServer((request, response) => void this.answer(request, response));
  }

  /** A kubeconfig file for it. */
  get kubeconfig(): string {
    return join(this.directory, 'config.json');
  }

  async listen(): Promise<this> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    const { port } = this.server.address() as AddressInfo;
    // The client speaks plain HTTP only where it is told to verify nothing.
    const cluster = {
      server: `http://127.0.0.1:${port}`,
      'insecure-skip-tls-verify': true,
    };
    const config = {
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'spec',
      contexts: [{ name: 'spec', context: { cluster: 'spec', user: 'spec' } }],
      clusters: [{ name: 'spec', cluster }],
      users: [{ name: 'spec', user: { token: 'spec' } }],
    };
    writeFileSync(this.kubeconfig, JSON.stringify(config));
    return this;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
    rmSync(this.directory, { recursive: true });
  }

  /** The values of a Secret, as text. */
  valuesOf(name: string, namespace = 'shop'): Record<string, string> {
    const { data = {} } = this.secrets.get(`${namespace}/${name}`) ?? {};
    const decoded = Object.entries(data).map(([key, value]) => [
      key,
      Buffer.from(value, 'base64').toString(),
    ]);
    return Object.fromEntries(decoded) as Record<string, string>;
  }

  /** Puts a Secret there, as a person would. */
  put(name: string, values: Record<string, string>, namespace = 'shop'): void {
    const data = Object.entries(values).map(([key, value]) => [
      key,
      Buffer.from(value).toString('base64'),
    ]);
    const known = this.secrets.get(`${namespace}/${name}`);
    const metadata = { ...known?.metadata, name };
    this.keep(namespace, { metadata, data: Object.fromEntries(data) as Fields });
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [, namespace = '', inPath] =
      /^\/api\/v1\/namespaces\/([^/]+)\/secrets(?:\/([^/?]+))?/.exec(request.url ?? '') ?? [];
    const body = JSON.parse((await text(request)) || '{}') as Fields;
    const name = inPath ?? String((body['metadata'] as Fields)['name']);
    const method = request.method ?? '';
    this.asked.push(`${method} ${namespace}/${name}`);
    const refusal = method === 'GET' ? undefined : await this.mishap({ method, name });
    if (refusal === 'hang up') return void request.socket.destroy();
    const [status, answer] = refusal
      ? statusOf(refusal, 'InternalError', 'it does not work')
      : this.done(method, { namespace, name, body });
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(answer));
  }

  private done(
    method: string,
    { namespace, name, body }: { namespace: string; name: string; body: Fields },
  ): [number, object] {
    const known = this.secrets.get(`${namespace}/${name}`);
    if (method === 'POST') {
      if (!known) return [201, this.keep(namespace, body)];
      return statusOf(409, 'AlreadyExists', `secrets "${name}" already exists`);
    }
    if (!known) return statusOf(404, 'NotFound', `secrets "${name}" not found`);
    if (method === 'GET') return [200, known];
    const wanted = (body['metadata'] as Fields | undefined)?.['resourceVersion'];
    if (wanted !== undefined && wanted !== known.metadata.resourceVersion) {
      const sentence = `Operation cannot be fulfilled on secrets "${name}": the object has been modified`;
      return statusOf(409, 'Conflict', sentence);
    }
    const patched = merged(known as unknown as Fields, body);
    const isSame = JSON.stringify(patched) === JSON.stringify(known);
    return [200, isSame ? known : this.keep(namespace, patched)];
  }

  private keep(namespace: string, body: Fields): WireSecret {
    this.version += 1;
    const metadata = { ...(body['metadata'] as Fields), namespace };
    const kept = {
      type: 'Opaque',
      ...body,
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { ...metadata, resourceVersion: String(this.version) },
    } as unknown as WireSecret;
    this.secrets.set(`${namespace}/${kept.metadata.name}`, kept);
    return kept;
  }
}

const statusOf = (code: number, reason: string, message: string): [number, object] => [
  code,
  { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, code },
];

/** RFC 7396. */
function merged(target: Fields, patch: Fields): Fields {
  const result = { ...target };
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else if (typeof value === 'object' && !Array.isArray(value)) {
      result[key] = merged((target[key] ?? {}) as Fields, value as Fields);
    } else result[key] = value;
  }
  return result;
}
