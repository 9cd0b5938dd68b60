import type { ConfigMap } from '@courtside/service';
import type { RouteFile } from '../routes/build-routes.js';
import type { RouteFault } from '../routes/fault.js';
import { isRouteFile } from './route-source.js';

/** What stands before the name of each of its files, in faults and logs. */
const prefixOf = ({ metadata }: ConfigMap): string => `configmap/${metadata?.name ?? ''}`;

/**
 * The route files of ConfigMaps, one for each key `*.yaml`, in the order of their names. A ConfigMap
 * without any is one empty file, so that its mistake is a fault like others.
 */
export function filesOf(configMaps: readonly ConfigMap[]): RouteFile[] {
  return configMaps
    .flatMap((configMap) => {
      const { data = {}, binaryData = {} } = configMap;
      const texts = [
        ...Object.entries(data),
        ...Object.entries(binaryData).map(([key, value]): [string, string] => [
          key,
          Buffer.from(value, 'base64').toString('utf8'),
        ]),
      ].filter(([key]) => isRouteFile(key));
      if (texts.length === 0) return [{ file: prefixOf(configMap), text: '' }];
      return texts.map(([key, text]) => ({ file: `${prefixOf(configMap)}/${key}`, text }));
    })
    .sort((one, other) => (one.file < other.file ? -1 : 1));
}

/** The faults that stand in this ConfigMap. */
export const faultsIn = (configMap: ConfigMap, faults: readonly RouteFault[]): RouteFault[] =>
  faults.filter(
    ({ file }) => file === prefixOf(configMap) || file.startsWith(`${prefixOf(configMap)}/`),
  );
