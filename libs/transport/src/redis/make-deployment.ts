import { resolveAddress, type RedisAddress } from './addresses.js';
import { ClusterDeployment } from './cluster.js';
import type { Deployment } from './deployment.js';
import { ServerDeployment } from './server.js';

/** The connections for an address; none is opened yet. */
export function makeDeployment(address: RedisAddress, connectionName: string): Deployment {
  const resolved = resolveAddress(address);
  if (resolved.kind === 'server') return new ServerDeployment(resolved, connectionName);
  return new ClusterDeployment(resolved.nodes, resolved.client, connectionName);
}
