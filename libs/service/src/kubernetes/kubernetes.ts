import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import type * as Library from '@kubernetes/client-node';
import type { KubernetesConfig } from './kubernetes-config.js';
import { KubernetesError, kubernetesError } from './kubernetes-error.js';

/** A group of the API, as `@kubernetes/client-node` types it. */
type ApiClass<T> = new (configuration: Library.Configuration) => T;

/** The API server, asked as this process. */
export interface Kubernetes {
  /** Where the objects of this app are. */
  readonly namespace: string;
  /** What tells this replica from the others: the name of its pod. */
  readonly podName: string;
  readonly library: typeof Library;
  readonly config: Library.KubeConfig;
  /**
   * A group of the API.
   * @param deadlineMs how long each of its requests may take, milliseconds.
   */
  api<T>(of: (library: typeof Library) => ApiClass<T>, deadlineMs: number): T;
}

const SERVICE_ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';
/** Connections are kept this long at most, so that a replaced authority of the cluster is noticed. */
const CONNECTIONS_MS = 300_000;

/**
 * Loads the client library and the credentials; asks nothing yet. The library costs half a second and
 * 80 MB, which nobody pays who does not use it.
 * @throws KubernetesError when there are no credentials.
 */
export async function openKubernetes(
  settings: Pick<KubernetesConfig, 'KUBECONFIG' | 'KUBERNETES_NAMESPACE'>,
): Promise<Kubernetes> {
  const library = await import('@kubernetes/client-node');
  const config = credentials(library, settings.KUBECONFIG);
  const { namespace } = config.getContextObject(config.getCurrentContext()) ?? {};
  return {
    namespace: settings.KUBERNETES_NAMESPACE ?? (namespace?.trim() || 'default'),
    podName: hostname(),
    library,
    config,
    api: (of, deadlineMs) => {
      const { server } = config.getCurrentCluster() ?? { server: '' };
      const configuration = library.createConfiguration({
        baseServer: new library.ServerConfiguration(server, {}),
        authMethods: { default: config },
        promiseMiddleware: [limitedTo(deadlineMs)],
      });
      return new (of(library))(configuration);
    },
  };
}

function credentials(library: typeof Library, file: string | undefined): Library.KubeConfig {
  const config = new library.KubeConfig();
  if (file === undefined) {
    if (!existsSync(`${SERVICE_ACCOUNT}/token`)) {
      throw new KubernetesError(
        undefined,
        `there is no service account at ${SERVICE_ACCOUNT}: mount its token or set KUBECONFIG`,
      );
    }
    config.loadFromCluster();
    return config;
  }
  try {
    config.loadFromFile(file);
  } catch (error) {
    throw kubernetesError(`KUBECONFIG ${file} cannot be read`, error);
  }
  if (!config.getCurrentCluster()) {
    throw new KubernetesError(undefined, `KUBECONFIG ${file} has no current context`);
  }
  return config;
}

/**
 * Every request ends in time. The library makes an agent for each, so that no connection would ever be
 * used twice: the first one's serves all for a while.
 */
function limitedTo(deadlineMs: number): Library.Middleware {
  let kept: ReturnType<Library.RequestContext['getDispatcher']>;
  let keptUntil = 0;
  return {
    pre: async (request) => {
      request.setSignal(AbortSignal.timeout(Math.ceil(deadlineMs)));
      const now = performance.now();
      if (now >= keptUntil) {
        kept = request.getDispatcher();
        keptUntil = now + CONNECTIONS_MS;
      } else if (kept) request.setDispatcher(kept);
      return request;
    },
    post: async (response) => response,
  };
}
