import { kubectl, objects, until, type ClusterObject } from '../cluster.js';
import { RELEASE, type apps } from '../platform.js';

export type App = (typeof apps)[number];

const deployment = (app: App): string => `deployment/${RELEASE}-${app}`;

/** What is done to the deployments of one platform. */
export class Deployments {
  constructor(private readonly namespace: string) {}

  /** Replaces every pod, and waits until that is done. */
  async restart(app: App): Promise<void> {
    await this.kubectl('rollout', 'restart', deployment(app));
    await this.settled(app);
  }

  /** Waits until as many pods as there are to be are ready, and those that end are gone. */
  async settled(app: App): Promise<void> {
    await this.kubectl('rollout', 'status', '--timeout=120s', deployment(app));
    await until(`the pods of ${app} that end are gone`, async () =>
      (await this.pods(app)).some(isEnding) ? undefined : true,
    );
  }

  async scale(app: App, replicas: number): Promise<void> {
    await this.kubectl('scale', deployment(app), `--replicas=${replicas}`);
    await this.settled(app);
  }

  async replicas(app: App): Promise<number> {
    const path = 'jsonpath={.status.readyReplicas}';
    return Number(await this.kubectl('get', deployment(app), '-o', path));
  }

  /** The names of the pods that are not about to end. */
  async podsOf(app: App): Promise<string[]> {
    const pods = await this.pods(app);
    return pods.filter((pod) => !isEnding(pod)).map(({ metadata }) => metadata.name);
  }

  async imageOf(app: App): Promise<string> {
    const path = 'jsonpath={.spec.template.spec.containers[0].image}';
    return this.kubectl('get', deployment(app), '-o', path);
  }

  /** Which pods the data stores run in, and from what image, by name. */
  async stores(): Promise<ReadonlyMap<string, { readonly uid: string; readonly image: string }>> {
    const pods = await objects<Pod>(this.namespace, 'pods');
    const ofSets = pods.filter(({ metadata: { labels } }) => labels?.[POD_OF_A_SET] !== undefined);
    return new Map(
      ofSets.map(({ metadata: { name, uid }, spec: { containers } }) => {
        return [name, { uid, image: containers.map(({ image }) => image).join() }];
      }),
    );
  }

  kubectl(...args: string[]): Promise<string> {
    return kubectl(['-n', this.namespace, ...args], { withinMs: 180_000 });
  }

  private async pods(app: App): Promise<Pod[]> {
    const pods = await objects<Pod>(this.namespace, 'pods');
    return pods.filter(({ metadata: { labels } }) => {
      const isOfDeployment = labels?.['pod-template-hash'] !== undefined;
      return isOfDeployment && labels?.['app.kubernetes.io/name'] === app;
    });
  }
}

/** What Kubernetes writes on the pods of a StatefulSet. */
const POD_OF_A_SET = 'statefulset.kubernetes.io/pod-name';

interface Pod extends ClusterObject {
  readonly metadata: ClusterObject['metadata'] & {
    readonly uid: string;
    readonly deletionTimestamp?: string;
  };
  readonly spec: { readonly containers: readonly { readonly image: string }[] };
}

const isEnding = ({ metadata }: Pod): boolean => metadata.deletionTimestamp !== undefined;
