import { ObjectEvents, type ConfigMap, type Kubernetes, type Logger } from '@courtside/service';
import { faultText, type RouteFault } from '../routes/fault.js';
import { faultsIn } from './config-map-files.js';

const CONTROLLER = 'courtside.dev/gateway';
const ACTION = 'LoadRoutes';

/** Tells at ConfigMaps what became of the routes in them. */
export class RouteEvents {
  readonly #events: ObjectEvents;
  /** Those that are served now: name and version. */
  #served = new Set<string>();

  constructor(kubernetes: Kubernetes, logger: Logger) {
    this.#events = new ObjectEvents(kubernetes, CONTROLLER, logger);
  }

  /** Told once of each version. */
  async served(configMaps: readonly ConfigMap[]): Promise<void> {
    const before = this.#served;
    this.#served = new Set(configMaps.map(versionOf));
    const changed = configMaps.filter((configMap) => !before.has(versionOf(configMap)));
    const note = 'the gateway serves these routes';
    await this.#tell(changed, () => ({ type: 'Normal', reason: 'RouteTableServed', note }));
  }

  /** Told of each ConfigMap with a fault in it; of all, when the fault stands elsewhere. */
  async refused(configMaps: readonly ConfigMap[], faults: readonly RouteFault[]): Promise<void> {
    const faulty = configMaps.filter((configMap) => faultsIn(configMap, faults).length > 0);
    await this.#tell(faulty.length > 0 ? faulty : configMaps, (configMap) => {
      const own = faultsIn(configMap, faults);
      const sentences = (own.length > 0 ? own : faults).map(faultText);
      const note = `refused, what was served before stays:\n${sentences.join('\n')}`;
      return { type: 'Warning', reason: 'RouteTableRefused', note };
    });
  }

  async #tell(
    configMaps: readonly ConfigMap[],
    say: (configMap: ConfigMap) => {
      readonly type: 'Normal' | 'Warning';
      readonly reason: string;
      readonly note: string;
    },
  ): Promise<void> {
    for (const configMap of configMaps) {
      const regarding = { ...configMap, apiVersion: 'v1', kind: 'ConfigMap' };
      await this.#events.tell({ regarding, action: ACTION, ...say(configMap) });
    }
  }
}

const versionOf = ({ metadata }: ConfigMap): string =>
  `${metadata?.name} ${metadata?.resourceVersion}`;
