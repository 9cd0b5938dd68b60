import type * as Library from '@kubernetes/client-node';
import { sentenceOf } from '@courtside/service';
import { Failed } from '../command.js';

/** A Secret as the API server keeps it. */
export interface StoredSecret {
  readonly name: string;
  readonly version: string;
  readonly annotations: Readonly<Record<string, string>>;
  /** Values by key, as text. */
  readonly data: Readonly<Record<string, string>>;
}

/** What a write adds; nothing is ever taken away. */
export interface Additions {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly data: Readonly<Record<string, string>>;
}

/** Somebody else wrote the Secret first: read it again. */
export class Conflict extends Error {}

/** The Secrets of one namespace. */
export interface SecretStore {
  /** Undefined when there is none. */
  read(name: string): Promise<StoredSecret | undefined>;
  /** @throws Conflict when there is one by now. */
  create(name: string, additions: Additions): Promise<StoredSecret>;
  /** @throws Conflict when it is not as it was read. */
  add(secret: StoredSecret, additions: Additions): Promise<StoredSecret>;
}

const REQUEST_MS = 10_000;
/** Who wrote a key, for `kubectl --show-managed-fields`. */
const fieldManager = 'courtside-install';
const NOT_FOUND = 404;
const CONFLICT = 409;

/**
 * The Secrets of a namespace of the cluster this runs in, or of the one that KUBECONFIG names. Needs
 * `get` and `patch` on the Secrets by name, and `create`.
 */
export async function clusterSecrets(namespace: string): Promise<SecretStore> {
  const library = await import('@kubernetes/client-node');
  const api = apiOf(library);
  const merging = library.setHeaderOptions('Content-Type', library.PatchStrategy.MergePatch);
  return {
    read: (name) =>
      asked(`read the Secret ${name}`, async () =>
        stored(await api.readNamespacedSecret({ name, namespace })),
      ).catch((error: unknown) => {
        if (error instanceof Refused && error.status === NOT_FOUND) return undefined;
        throw error;
      }),
    create: (name, additions) =>
      asked(`create the Secret ${name}`, async () => {
        const metadata = { name, ...metadataOf(additions) };
        const body = { metadata, type: 'Opaque', data: encoded(additions.data) };
        return stored(await api.createNamespacedSecret({ namespace, fieldManager, body }));
      }),
    add: ({ name, version }, additions) =>
      asked(`add to the Secret ${name}`, async () => {
        const metadata = { resourceVersion: version, ...metadataOf(additions) };
        const body = { metadata, data: encoded(additions.data) };
        return stored(
          await api.patchNamespacedSecret({ name, namespace, fieldManager, body }, merging),
        );
      }),
  };
}

function apiOf(library: typeof Library): Library.CoreV1Api {
  const config = new library.KubeConfig();
  config.loadFromDefault();
  const server = config.getCurrentCluster()?.server ?? '';
  const limited: Library.Middleware = {
    pre: (request) => {
      request.setSignal(AbortSignal.timeout(REQUEST_MS));
      return Promise.resolve(request);
    },
    post: (response) => Promise.resolve(response),
  };
  const configuration = library.createConfiguration({
    baseServer: new library.ServerConfiguration(server, {}),
    authMethods: { default: config },
    promiseMiddleware: [limited],
  });
  return new library.CoreV1Api(configuration);
}

const metadataOf = ({ labels, annotations }: Additions) => ({ labels, annotations });

const encoded = (data: Readonly<Record<string, string>>) =>
  mapped(data, (value) => Buffer.from(value).toString('base64'));

const stored = ({ metadata, data }: Library.V1Secret): StoredSecret => ({
  name: metadata?.name ?? '',
  version: metadata?.resourceVersion ?? '',
  annotations: metadata?.annotations ?? {},
  data: mapped(data ?? {}, (value) => Buffer.from(value, 'base64').toString('utf8')),
});

const mapped = (record: Readonly<Record<string, string>>, change: (value: string) => string) =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));

class Refused extends Failed {
  constructor(
    message: string,
    readonly status: number | undefined,
    cause: unknown,
  ) {
    super(message, { cause });
  }
}

/** Errors of the client tell requests and answers as they are; here a sentence is left of them. */
async function asked<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { code, body } = error as { code?: unknown; body?: unknown };
    if (code === CONFLICT) throw new Conflict(what, { cause: error });
    const status = typeof code === 'number' ? code : undefined;
    throw new Refused(
      `cannot ${what}: ${status ? said(status, body) : sentenceOf(error)}`,
      status,
      error,
    );
  }
}

function said(status: number, body: unknown): string {
  try {
    const answer = (typeof body === 'string' ? JSON.parse(body) : body) as { message?: unknown };
    return `${status} ${String(answer.message ?? '')}`.trimEnd();
  } catch {
    return String(status);
  }
}
