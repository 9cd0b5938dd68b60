import { kubectl, objects, until, type ClusterObject } from './cluster.js';

interface Pod extends ClusterObject {
  readonly status: {
    readonly phase: string;
    readonly podIP?: string;
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
  };
}

/** A pod that runs. */
export interface RunningPod {
  readonly app: string;
  readonly name: string;
  readonly ip: string;
}

const NAME = 'app.kubernetes.io/name';

const isReady = ({ status }: Pod): boolean =>
  status.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false;

/** The pods of a namespace that run and are not about to end, one for each app. */
export async function runningPods(namespace: string): Promise<RunningPod[]> {
  const pods = await objects<Pod>(namespace, 'pods');
  return pods
    .filter((pod) => isReady(pod))
    .map(({ metadata, status }) => ({
      app: metadata.labels?.[NAME] ?? '',
      name: metadata.name,
      ip: status.podIP ?? '',
    }));
}

/** A pod that does nothing, to be asked what it reaches. */
export async function idlePod(namespace: string, name: string, image: string): Promise<RunningPod> {
  const securityContext = {
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    runAsNonRoot: true,
    capabilities: { drop: ['ALL'] },
    seccompProfile: { type: 'RuntimeDefault' },
  };
  const container = {
    name: 'idle',
    image,
    command: [NODE, '-e', 'setInterval(() => undefined, 1_000)'],
    securityContext,
  };
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace, labels: { [NAME]: name } },
    spec: { automountServiceAccountToken: false, containers: [container] },
  };
  await kubectl(['apply', '-f', '-'], { stdin: JSON.stringify(pod) });
  return until(`${namespace}/${name} runs`, async () =>
    (await runningPods(namespace)).find((running) => running.name === name),
  );
}

/** Where images without a shell have Node. */
export const NODE = '/nodejs/bin/node';

export const inPod = (
  namespace: string,
  pod: string,
  args: readonly string[],
  withinMs = 60_000,
): Promise<string> => kubectl(['-n', namespace, 'exec', pod, '--', ...args], { withinMs });

export const deletePod = (namespace: string, name: string): Promise<string> =>
  kubectl(['-n', namespace, 'delete', 'pod', name, '--grace-period=1']);

interface Workload extends ClusterObject {
  readonly spec: {
    readonly containers: readonly { readonly name: string; readonly image: string }[];
  };
}

/** An image with Node in it, for pods that probe: the one that `time` runs. */
export async function imageOfTime(namespace: string): Promise<string> {
  const pods = await objects<Workload>(namespace, 'pods');
  const container = pods.flatMap(({ spec }) => spec.containers).find(({ name }) => name === 'time');
  if (!container) throw new Error(`no pod of time runs in ${namespace}`);
  return container.image;
}
