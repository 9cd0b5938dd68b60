import { Module, type DynamicModule } from '@nestjs/common';
import type { ServiceConfig } from '../config/service-config.js';
import type { KubernetesConfig } from '../kubernetes/kubernetes-config.js';
import { openKubernetes } from '../kubernetes/kubernetes.js';
import type { Logger } from '../log/logger.js';
import { CONFIG, LOGGER, SERVICE_NAME } from '../start/tokens.js';
import { electionTimes, type ElectionTimes } from './election-times.js';
import { FileLeases } from './file-leases.js';
import { KubernetesLeases } from './kubernetes-leases.js';
import type { LeaderConfig } from './leader-config.js';
import { Leaders } from './leaders.js';
import type { LeaseStore } from './lease-store.js';

/** The settings that the module reads. */
type Settings = LeaderConfig & KubernetesConfig & Pick<ServiceConfig, 'NODE_ENV'>;

const SECOND_MS = 1_000;

/** Gives an app its `Leaders`: leases of the cluster, or files on a laptop, with the same election. */
@Module({})
export class LeaderModule {
  static forApp(): DynamicModule {
    const leaders = {
      provide: Leaders,
      useFactory: async (app: string, config: Settings, logger: Logger) => {
        const times = electionTimes(config.LEASE_SECONDS * SECOND_MS);
        const store = await openLeases(config, times);
        return new Leaders({ app, store, times, logger, prefix: config.LEASE_PREFIX });
      },
      inject: [SERVICE_NAME, CONFIG, LOGGER],
    };
    return { module: LeaderModule, global: true, providers: [leaders], exports: [Leaders] };
  }
}

/** @throws Error when production does not say where leases are, KubernetesError without credentials. */
export async function openLeases(settings: Settings, times: ElectionTimes): Promise<LeaseStore> {
  const { NODE_ENV, LEASES } = settings;
  if (LEASES === 'kubernetes') {
    // Time for two tries before a leader has to stop.
    return new KubernetesLeases(await openKubernetes(settings), times.renewWithinMs / 2);
  }
  if (LEASES === undefined && NODE_ENV === 'production') {
    throw new Error(
      'LEASES is not set: kubernetes in a cluster, files where all replicas share LEASES_DIR',
    );
  }
  return new FileLeases(settings.LEASES_DIR);
}
