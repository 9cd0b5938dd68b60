import { apply, kubectl, objects, until, type ClusterObject } from './cluster.js';
import { settings } from './settings.js';

/** Where pods may see the processes of a node: no pod of the platform ever is in there. */
export const faultsNamespace = `${settings.namespace}-faults`;

interface Victim extends ClusterObject {
  readonly spec: {
    readonly nodeName: string;
    readonly containers: readonly { readonly name: string; readonly image: string }[];
  };
  readonly status: {
    readonly containerStatuses?: readonly {
      readonly name: string;
      readonly containerID?: string;
      readonly restartCount: number;
    }[];
  };
}

const metadata = { labels: { 'pod-security.kubernetes.io/enforce': 'privileged' } };
const podOf = (node: string): string => `killer-of-${node}`.replaceAll(/[^a-z0-9-]/g, '-');

/**
 * Puts a pod on a node that can end any process there: it needs a shell, so it is made from the image
 * that the bundled Postgres runs.
 */
async function killerOn(node: string, image: string): Promise<string> {
  const name = podOf(node);
  const container = {
    name: 'killer',
    image,
    command: ['bash', '-c', 'trap exit TERM; while :; do sleep 1; done'],
    securityContext: { privileged: true, runAsUser: 0 },
  };
  await apply([
    {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: faultsNamespace, ...metadata },
    },
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace: faultsNamespace },
      spec: { nodeName: node, hostPID: true, containers: [container] },
    },
  ]);
  const ready = ['wait', '--for=condition=Ready', '--timeout=60s', `pod/${name}`];
  await kubectl(['-n', faultsNamespace, ...ready]);
  return name;
}

const podsOf = (namespace: string) => objects<Victim>(namespace, 'pods');

/** Prepares what `killProcess` needs on each node that has pods of the namespace. */
export async function prepareToKill(namespace: string): Promise<void> {
  const pods = await podsOf(namespace);
  const containers = pods.flatMap(({ spec }) => spec.containers);
  const image = containers.find(({ name }) => name === 'postgres')?.image;
  if (!image) throw new Error(`no pod of ${namespace} runs the bundled Postgres`);
  const nodes = new Set(pods.map(({ spec }) => spec.nodeName));
  await Promise.all([...nodes].map((node) => killerOn(node, image)));
}

/** Every process of a container, by what the kernel says it belongs to (cgroup v1 and v2). */
const killAll = `n=0
for file in /proc/[0-9]*/cgroup; do
  if grep -qs "$1" "$file"; then
    pid=\${file#/proc/}; kill -KILL "\${pid%/cgroup}" 2>/dev/null && n=$((n + 1))
  fi
done
echo $n`;

/**
 * Sends SIGKILL to all processes of the first container of a pod, as a crash does: nothing is told, nothing
 * is drained. Resolves as soon as they are gone, with a way to wait for what Kubernetes starts instead.
 */
export async function killProcess(
  namespace: string,
  pod: string,
): Promise<{ restarted(): Promise<void> }> {
  const look = async () => {
    const found = (await podsOf(namespace)).find(({ metadata }) => metadata.name === pod);
    const [container] = found?.status.containerStatuses ?? [];
    if (!found || !container) throw new Error(`${namespace}/${pod} has no container`);
    return { node: found.spec.nodeName, ...container };
  };
  const before = await look();
  const id = (before.containerID ?? '').replace(/^.*:\/\//, '');
  if (!/^[0-9a-f]{64}$/.test(id)) throw new Error(`${pod} has no container that runs: "${id}"`);
  const run = ['exec', podOf(before.node), '--', 'bash', '-c', killAll, 'kill', id];
  const killed = Number(await kubectl(['-n', faultsNamespace, ...run]));
  if (killed === 0) throw new Error(`no process of ${pod} was found on ${before.node}`);
  const restarted = async () => {
    await until(`${pod} is restarted`, async () =>
      (await look()).restartCount > before.restartCount ? true : undefined,
    );
    await kubectl([
      '-n',
      namespace,
      'wait',
      '--for=condition=Ready',
      '--timeout=60s',
      `pod/${pod}`,
    ]);
  };
  return { restarted };
}
