import { createConnection } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { AbstractConnector, type RedisOptions } from 'ioredis';
import type { ServerAddress } from './addresses.js';

const disconnectMs = 2_000;

/**
 * A connector of ioredis that asks anew at every connect where to go: so a connection that is
 * neither of one server nor of Sentinel follows what it is for.
 */
export function connectorTo(locate: () => ServerAddress): NonNullable<RedisOptions['Connector']> {
  return class NodeConnector extends AbstractConnector {
    readonly #options: RedisOptions;

    constructor(options: unknown) {
      super(disconnectMs);
      this.#options = options as RedisOptions;
    }

    override connect() {
      this.connecting = true;
      const { host, port } = locate();
      const { tls } = this.#options;
      this.stream = tls ? connectTls({ host, port, ...tls }) : createConnection({ host, port });
      this.stream.once('error', (error: Error) => (this.firstError = error));
      return Promise.resolve(this.stream);
    }
  };
}
