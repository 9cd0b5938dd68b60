import type { Cluster } from 'ioredis';
import { pause, systemTime } from '../protocol/time.js';
import { scriptNames, type CommandConnection, type TransportCommands } from './commands.js';

/** Faults of a Cluster that pass, as a lost connection to one server does. */
const passing =
  /^(MOVED|ASK|TRYAGAIN|CLUSTERDOWN|LOADING|MASTERDOWN|READONLY)\b|Connection is closed|None of startup nodes|Too many Cluster redirections|Failed to refresh slots cache|Cluster is ended/;
const againMs = 100;

type AnyCommand = (...all: unknown[]) => Promise<unknown>;

/**
 * The commands of a Cluster, which wait for a node that is away as those of one server do: ioredis
 * alone gives up after some redirections. Once `isClosed` says so, a fault is final.
 */
export function persistent(
  cluster: Cluster & TransportCommands,
  isClosed: () => boolean,
): CommandConnection {
  const persist =
    (command: AnyCommand): AnyCommand =>
    async (...all) => {
      for (;;) {
        try {
          return await command.apply(cluster, all);
        } catch (error) {
          const isPassing = error instanceof Error && passing.test(error.message);
          if (isClosed() || !isPassing) throw error;
          await pause(systemTime, againMs);
        }
      }
    };
  const plain = ['publish', 'setnx', 'get', 'set', 'unlink', 'xrange', 'xrevrange'] as const;
  const names = [...scriptNames, ...plain];
  const commands = names.map((name) => [name, persist(cluster[name] as AnyCommand)]);
  return Object.defineProperty(Object.fromEntries(commands), 'status', {
    get: () => cluster.status,
  }) as CommandConnection;
}
