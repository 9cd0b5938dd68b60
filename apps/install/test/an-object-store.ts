import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One request: what it is, and where to it goes. */
interface Asked {
  readonly operation: string;
  readonly key: string;
  readonly query: URLSearchParams;
  readonly body: Buffer;
  readonly headers: IncomingMessage['headers'];
}

/** What a store says when it refuses. */
export class Refusal {
  constructor(
    readonly status: number,
    readonly code: string,
  ) {}
}

/**
 * A store that speaks as much S3 as backups need, as Amazon's reference describes it: objects in one
 * bucket, uploads in parts, sums by SHA-256 that it checks.
 */
export class ObjectStore {
  readonly objects = new Map<string, Buffer>();
  /** Such as `PUT 20261128T020000Z/dump`. */
  readonly asked: string[] = [];
  /** Uploads in parts that nobody has completed or given up. */
  readonly uploads = new Map<string, Map<number, Buffer>>();
  /** Refuses, or changes what is kept. */
  fault: (asked: Asked) => Refusal | undefined = () => undefined;
  readonly #server = createServer((request, response) => void this.#answer(request, response));

  static async start(): Promise<ObjectStore> {
    const store = new ObjectStore();
    store.#server.listen(0, '127.0.0.1');
    await once(store.#server, 'listening');
    return store;
  }

  get environment(): Record<string, string> {
    const { port } = this.#server.address() as AddressInfo;
    return {
      BACKUP_S3_ENDPOINT: `http://127.0.0.1:${port}`,
      BACKUP_S3_BUCKET: 'backups',
      BACKUP_S3_PREFIX: 'club/courtside',
      BACKUP_S3_ACCESS_KEY_ID: 'keeper',
      BACKUP_S3_SECRET_ACCESS_KEY: 'secret-of-keeper',
    };
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://store');
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const key = decodeURIComponent(url.pathname.replace(/^\/backups\/?/, ''));
    const { method = '', headers } = request;
    const names = [...url.searchParams.keys()].filter((name) => name !== 'x-id').join('&');
    const operation = `${method}${names && ` ${names}`}`;
    const body = Buffer.concat(chunks);
    const asked = { operation, key, query: url.searchParams, body, headers };
    this.asked.push(`${operation} ${key.replace('club/courtside/', '')}`);
    const refusal = this.fault(asked) ?? this.#wrong(asked);
    if (refusal) {
      response.writeHead(refusal.status, { 'content-type': 'application/xml' });
      return void response.end(`<Error><Code>${refusal.code}</Code><Message>no</Message></Error>`);
    }
    const { status = 200, text = '', etag } = this.#done(asked);
    response.writeHead(status, { 'content-type': 'application/xml', ...(etag && { etag }) });
    response.end(text);
  }

  #wrong({ key, operation, body, headers }: Asked): Refusal | undefined {
    if (!/Credential=keeper\//.test(headers.authorization ?? '')) {
      return new Refusal(403, 'InvalidAccessKeyId');
    }
    const sum = headers['x-amz-checksum-sha256'];
    const real = createHash('sha256').update(body).digest('base64');
    if (sum !== undefined && sum !== real) return new Refusal(400, 'BadDigest');
    if (operation === 'GET' && !this.objects.has(key)) return new Refusal(404, 'NoSuchKey');
    return undefined;
  }

  #done(asked: Asked): { status?: number; text?: string | Buffer; etag?: string } {
    const { operation, key, query, body } = asked;
    const upload = this.uploads.get(query.get('uploadId') ?? '');
    switch (operation) {
      case 'GET':
        return { text: this.objects.get(key) ?? '' };
      case 'DELETE':
        this.objects.delete(key);
        return { status: 204 };
      case 'PUT':
        this.objects.set(key, body);
        return { etag: '"whole"' };
      case 'POST uploads': {
        const id = `upload-${this.uploads.size + 1}`;
        this.uploads.set(id, new Map());
        return { text: `<R><UploadId>${id}</UploadId></R>` };
      }
      case 'PUT partNumber&uploadId':
        upload?.set(Number(query.get('partNumber')), body);
        return { etag: `"part-${query.get('partNumber')}"` };
      case 'POST uploadId':
        this.objects.set(key, Buffer.concat([...(upload ?? [])].sort(byNumber).map(([, b]) => b)));
        this.uploads.delete(query.get('uploadId') ?? '');
        return { text: `<R><ETag>"all"</ETag></R>` };
      case 'DELETE uploadId':
        this.uploads.delete(query.get('uploadId') ?? '');
        return { status: 204 };
      default:
        return { text: this.#list(query.get('prefix') ?? '') };
    }
  }

  #list(prefix: string): string {
    const keys = [...this.objects.keys()].filter((key) => key.startsWith(prefix));
    const contents = keys.map((key) => `<Contents><Key>${key}</Key></Contents>`).join('');
    return `<ListBucketResult><IsTruncated>false</IsTruncated>${contents}</ListBucketResult>`;
  }
}

const byNumber = ([one]: [number, Buffer], [other]: [number, Buffer]): number => one - other;
