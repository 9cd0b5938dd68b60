import {
  configMaps,
  ObjectWatch,
  openKubernetes,
  StartError,
  type ConfigMap,
  type KubernetesConfig,
  type Logger,
} from '@courtside/service';
import { filesOf } from './config-map-files.js';
import { RouteEvents } from './route-events.js';
import type { RouteSource, TakeFiles, Verdict } from './route-source.js';

/** Several ConfigMaps of one `kubectl apply` are looked at together once they rest this long. */
const REST_MS = 200;
/** However often they change, they are looked at after this. */
const REST_MAX_MS = 1_000;

/**
 * Route files of all ConfigMaps with a label, live by a watch. What became of them is told by Events
 * at the ConfigMaps. Needs get, list and watch of configmaps, and create of events (events.k8s.io).
 */
export class ConfigMapSource implements RouteSource {
  #watch: ObjectWatch<ConfigMap> | undefined;
  #latest: readonly ConfigMap[] = [];
  #resting: NodeJS.Timeout | undefined;
  #changedAt: number | undefined;
  #telling: Promise<void> = Promise.resolve();

  constructor(
    private readonly selector: string,
    private readonly settings: KubernetesConfig,
    private readonly logger: Logger,
  ) {}

  async start(take: TakeFiles): Promise<Verdict> {
    const kubernetes = await openKubernetes(this.settings);
    const events = new RouteEvents(kubernetes, this.logger);
    this.#watch = new ObjectWatch(configMaps(kubernetes, this.selector), {
      app: 'gateway',
      resource: 'ConfigMaps',
      logger: this.logger,
      changed: (all) => this.#rest(all, () => this.#look(take, events)),
    });
    this.#latest = await this.#watch.start(this.settings.KUBERNETES_DEADLINE_MS);
    if (this.#latest.length === 0) throw new StartError(this.#none(kubernetes.namespace));
    const verdict = this.#hand(take, events);
    // A start that fails ends the process: what is wrong has to be told first.
    if (verdict.kind === 'refused') await this.#telling;
    return verdict;
  }

  async stop(): Promise<void> {
    clearTimeout(this.#resting);
    await this.#watch?.stop();
    await this.#telling;
  }

  #rest(all: readonly ConfigMap[], look: () => void): void {
    this.#latest = all;
    const now = performance.now();
    this.#changedAt ??= now;
    clearTimeout(this.#resting);
    const left = this.#changedAt + REST_MAX_MS - now;
    this.#resting = setTimeout(look, Math.max(0, Math.min(REST_MS, left))).unref();
  }

  #look(take: TakeFiles, events: RouteEvents): void {
    this.#changedAt = undefined;
    if (this.#latest.length > 0) this.#hand(take, events);
    else this.logger.error('no ConfigMap has the label any more: the old routes stay');
  }

  #hand(take: TakeFiles, events: RouteEvents): Verdict {
    const all = this.#latest;
    const verdict = take(filesOf(all));
    if (verdict.kind !== 'unchanged') {
      const tell = () =>
        verdict.kind === 'served' ? events.served(all) : events.refused(all, verdict.faults);
      this.#telling = this.#telling.then(tell);
    }
    return verdict;
  }

  #none(namespace: string): string {
    return `no ConfigMap of namespace ${namespace} has the label ${this.selector}: there are no routes`;
  }
}
