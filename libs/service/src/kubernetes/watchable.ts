import type { Kubernetes } from './kubernetes.js';
import { KubernetesError, kubernetesError } from './kubernetes-error.js';

/** What every object has. */
export interface KubernetesObject {
  readonly metadata?: {
    readonly name?: string;
    readonly namespace?: string;
    readonly uid?: string;
    readonly resourceVersion?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
}

/** All objects at one version. */
export interface ListedObjects<T> {
  readonly version: string;
  readonly items: readonly T[];
}

/** One line of a watch. */
export interface ObjectChange<T> {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  readonly object: T;
}

/** Objects that can be listed and then watched from where the list was. */
export interface Watchable<T> {
  list(): Promise<ListedObjects<T>>;
  /**
   * Resolves when the API server ends the watch in order, as it does from time to time.
   * @param on `opened` is called once the API server has agreed to tell what happens.
   * @param signal of this one watch; aborted, it ends in order.
   * @throws KubernetesError when it ends otherwise, `isGone` when the version is too old.
   */
  watch(
    version: string,
    on: { readonly opened: () => void; readonly change: (change: ObjectChange<T>) => void },
    signal: AbortSignal,
  ): Promise<void>;
}

export interface ConfigMap extends KubernetesObject {
  readonly data?: Readonly<Record<string, string>>;
  /** Base64. */
  readonly binaryData?: Readonly<Record<string, string>>;
}

const LIST_DEADLINE_MS = 10_000;
/** A label that so many objects have is the wrong label. */
const OBJECTS_MAX = 500;
/** The API server ends a watch after this long. */
const WATCH_SECONDS = 25;
/** One that has not ended by then is on a connection that died without a word. */
const SILENCE_MS = 5_000;

/** The ConfigMaps of the namespace that a label selector picks. */
export function configMaps(
  kubernetes: Kubernetes,
  labelSelector: string,
  { watchSeconds = WATCH_SECONDS, silenceMs = SILENCE_MS } = {},
): Watchable<ConfigMap> {
  const { namespace, library, config } = kubernetes;
  const core = kubernetes.api(({ CoreV1Api }) => CoreV1Api, LIST_DEADLINE_MS);
  const failed = (error: unknown) =>
    kubernetesError(`ConfigMaps of ${namespace} with ${labelSelector} cannot be read`, error);
  return {
    list: async () => {
      const query = { namespace, labelSelector, limit: OBJECTS_MAX };
      const { metadata, items } = await core.listNamespacedConfigMap(query).catch((error) => {
        throw failed(error);
      });
      if (metadata?._continue) {
        throw new KubernetesError(undefined, `more than ${OBJECTS_MAX} have ${labelSelector}`);
      }
      return { version: metadata?.resourceVersion ?? '', items };
    },
    watch: async (resourceVersion, on, signal) => {
      const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/configmaps`;
      const timeoutSeconds = watchSeconds;
      const query = { labelSelector, resourceVersion, timeoutSeconds, allowWatchBookmarks: true };
      const tell = (type: string, object: unknown) =>
        on.change({ type, object } as ObjectChange<ConfigMap>);
      await new Promise<void>((resolve, reject) => {
        const ending = new AbortController();
        const end = (error?: unknown) => {
          clearTimeout(silence);
          signal.removeEventListener('abort', stop);
          ending.abort();
          if (error) reject(failed(error));
          else resolve();
        };
        const stop = () => end();
        const dead = () => end(new Error('the watch is silent and does not end'));
        const silence = setTimeout(dead, timeoutSeconds * 1_000 + silenceMs);
        signal.addEventListener('abort', stop);
        new library.Watch(config).watch(path, query, tell, end).then((request) => {
          if (ending.signal.aborted) return request.abort();
          ending.signal.addEventListener('abort', () => request.abort());
          on.opened();
        }, end);
      });
    },
  };
}
