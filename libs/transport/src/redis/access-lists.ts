import { Redis } from 'ioredis';
import { aclRulesOf, aclUserOf, type BusTopology } from './access-rules.js';
import { silence } from './connection-state.js';
import { openConnection, whenReady } from './connections.js';
import { Denials } from './denials.js';

export interface AccessListsOptions {
  /** A user of the server that may manage others. */
  readonly url: string;
  /** First part of every key and user. */
  readonly prefix: string;
  readonly topology: BusTopology;
  /** The password of each service. */
  readonly passwordOf: (service: string) => string;
}

const connectMs = 5_000;
/** As many refusals as a server keeps by default. */
const logEntriesMax = 128;

/** A refusal in the server's log. */
export interface LoggedDenial {
  readonly user: string;
  /** The command, key or channel that was refused. */
  readonly object: string;
}

/**
 * The users of a bus on its server, one for each service of the topology, each with the rights of its
 * edges. For whoever sets a server up; services never manage users.
 */
export class AccessLists {
  readonly #options: AccessListsOptions;
  readonly #redis: Redis;
  readonly #denials = new Denials();

  constructor(options: AccessListsOptions) {
    this.#options = options;
    this.#redis = openConnection(
      { kind: 'server', url: options.url, client: {} },
      { maxRetriesPerRequest: 1 },
    );
    silence(this.#redis);
  }

  /**
   * Makes the users, or renews what they may do and their passwords.
   * @throws TransportError `DENIED` when the user of `url` may not manage users.
   */
  async give(): Promise<void> {
    const { topology, prefix, passwordOf } = this.#options;
    await whenReady(this.#redis, connectMs);
    for (const service of Object.keys(topology)) {
      const rules = ['reset', 'on', `>${passwordOf(service)}`];
      rules.push(...aclRulesOf(service, topology, prefix));
      const work = this.#redis.call('ACL', 'SETUSER', aclUserOf(service, prefix), ...rules);
      await this.#denials.watch('manage users', work);
    }
  }

  /** The address that a service connects with. */
  urlOf(service: string): string {
    const url = new URL(this.#options.url);
    url.username = aclUserOf(service, this.#options.prefix);
    url.password = this.#options.passwordOf(service);
    return url.href;
  }

  /** What the server refused to these users, the latest first; it forgets old ones. */
  async denied(): Promise<LoggedDenial[]> {
    const entries = (await this.#redis.call('ACL', 'LOG', logEntriesMax)) as unknown[][];
    const users = this.#users();
    return entries
      .map((entry) => {
        const value = (name: string) => String(entry[entry.indexOf(name) + 1]);
        return { user: value('username'), object: value('object') };
      })
      .filter(({ user }) => users.includes(user));
  }

  /** Removes the users; the server cuts their connections. */
  async takeBack(): Promise<void> {
    await this.#redis.call('ACL', 'DELUSER', ...this.#users());
  }

  close(): void {
    this.#redis.disconnect();
  }

  #users(): string[] {
    const { topology, prefix } = this.#options;
    return Object.keys(topology).map((service) => aclUserOf(service, prefix));
  }
}
