import type { ServiceName } from '@courtside/contracts';
import { openBroker, type BrokerPort } from '@courtside/transport';
import { reportDenied } from '../bus/denied.js';
import type { ServiceConfig } from '../config/service-config.js';
import type { Logger } from '../log/logger.js';
import { awaited } from './awaiting.js';

/** What one attempt takes at most, milliseconds: after each it is told why it failed. */
const ATTEMPT_MS_MAX = 10_000;

/**
 * Connects an app with the bus, for which it waits: in a cluster both begin at the same time.
 * @throws SetupError saying what was missing at the end.
 */
export async function openBus(
  name: ServiceName,
  config: ServiceConfig,
  logger: Logger,
): Promise<BrokerPort> {
  const broker = openBroker(config.REDIS_URL, {
    prefix: config.BUS_PREFIX,
    service: name,
    onDenied: reportDenied(name, logger),
    copies: config.BUS_COPIES,
    connectMs: Math.min(config.BUS_WAIT_MS, ATTEMPT_MS_MAX),
  });
  try {
    await awaited({
      what: 'the bus',
      deadlineMs: config.BUS_WAIT_MS,
      tell: (missing) => logger.info(missing, 'waiting'),
      look: () => broker.connect(),
    });
    return broker;
  } catch (error) {
    await broker.close();
    throw error;
  }
}
