import {
  isConflict,
  isMissing,
  kubernetesError,
  KubernetesError,
  openKubernetes,
  type Environment,
} from '@courtside/service';
import { Failed } from '../command.js';

import type { SecretStore, StoredSecret } from './secret-store.js';

const REQUEST_MS = 10_000;
/** Who wrote a key, for `kubectl --show-managed-fields`. */
const fieldManager = 'courtside-install';

/**
 * The Secrets of a namespace of the cluster this runs in, or of the one that KUBECONFIG names. Needs
 * `get` and `patch` on the Secrets by name, and `create`.
 * @throws Failed with what the API server said.
 */
export async function clusterSecrets(
  namespace: string,
  { KUBECONFIG }: Environment,
): Promise<SecretStore> {
  const settings = { KUBECONFIG: KUBECONFIG || undefined, KUBERNETES_NAMESPACE: namespace };
  const { library, api } = await openKubernetes(settings).catch(failed);
  const core = api(({ CoreV1Api }) => CoreV1Api, REQUEST_MS);
  const merging = library.setHeaderOptions('Content-Type', library.PatchStrategy.MergePatch);
  return {
    read: async (name) => {
      const asking = core.readNamespacedSecret({ name, namespace });
      const secret = await unless(isMissing, `the Secret ${name} cannot be read`, asking);
      return secret && stored(name, secret);
    },
    create: async (name, { labels, annotations, data }) => {
      const metadata = { name, labels, annotations };
      const body = { metadata, type: 'Opaque', data: encoded(data) };
      const asking = core.createNamespacedSecret({ namespace, fieldManager, body });
      return (await unless(isConflict, `the Secret ${name} cannot be made`, asking)) !== undefined;
    },
    add: async ({ name, version }, { labels, annotations, data }) => {
      const metadata = { resourceVersion: version, labels, annotations };
      const body = { metadata, data: encoded(data) };
      const asking = core.patchNamespacedSecret({ name, namespace, fieldManager, body }, merging);
      const what = `the Secret ${name} cannot be added to`;
      return (await unless(isConflict, what, asking)) !== undefined;
    },
  };
}

/** What the API server answers; undefined where it refuses for the one reason that is no fault. */
async function unless<T>(
  isExpected: (error: unknown) => boolean,
  what: string,
  asking: Promise<T>,
): Promise<T | undefined> {
  try {
    return await asking;
  } catch (cause) {
    const error = kubernetesError(what, cause);
    return isExpected(error) ? undefined : failed(error);
  }
}

function failed(error: unknown): never {
  if (error instanceof KubernetesError) throw new Failed(error.message, { cause: error });
  throw error;
}

interface Wire {
  readonly metadata?: {
    readonly resourceVersion?: string;
    readonly annotations?: Record<string, string>;
  };
  readonly data?: Record<string, string>;
}

const stored = (name: string, { metadata, data }: Wire): StoredSecret => ({
  name,
  version: metadata?.resourceVersion ?? '',
  annotations: metadata?.annotations ?? {},
  data: mapped(data ?? {}, (value) => Buffer.from(value, 'base64').toString('utf8')),
});

const encoded = (data: Readonly<Record<string, string>>) =>
  mapped(data, (value) => Buffer.from(value).toString('base64'));

const mapped = (record: Readonly<Record<string, string>>, change: (value: string) => string) =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
