import type { ServiceName } from '@courtside/contracts';
import type { DeniedListener } from '@courtside/transport';
import type { Logger } from '../log/logger.js';
import { counter } from '../operations/metrics.js';

/**
 * Logs and counts what the access list of the bus refused to an app: code that goes beyond
 * topology.yaml, or a list that was not made from it.
 */
export function reportDenied(app: ServiceName, logger: Logger): DeniedListener {
  const denied = counter({
    name: 'bus_denied_total',
    help: 'Acts that the access list of the bus refused to the app',
    labelNames: ['app'],
  });
  return (act) => {
    denied.inc({ app });
    const sentence = `${app} may not ${act}: topology.yaml does not declare it`;
    logger.error({ denied: sentence }, 'the bus refused what is not declared');
  };
}
