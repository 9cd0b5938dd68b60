import { Redis } from 'ioredis';
import {
  aclRulesOf,
  aclUserOf,
  operator,
  operatorRulesOf,
  type BusTopology,
} from './access-rules.js';
import { silence } from './connection-state.js';
import { openConnection, whenReady } from './connections.js';
import { Denials } from './denials.js';

/** Whose rights go onto which server. */
export interface AccessListsOptions {
  /** A user of the server that may manage others. */
  readonly url: string;
  /** First part of every key and user. */
  readonly prefix: string;
  /** What every service does on the bus. */
  readonly topology: BusTopology;
  /** The password of each service. */
  readonly passwordOf: (service: string) => string;
  /** With it there is the operator's user too. */
  readonly operatorPassword?: string;
}

const connectMs = 5_000;
/** As many refusals as a server keeps by default. */
const logEntriesMax = 128;

/** A refusal in the server's log. */
export interface LoggedDenial {
  /** As `aclUserOf` names it. */
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
    const { topology, prefix, passwordOf, operatorPassword } = this.#options;
    await whenReady(this.#redis, connectMs);
    for (const service of Object.keys(topology)) {
      await this.#set(service, passwordOf(service), aclRulesOf(service, topology, prefix));
    }
    if (operatorPassword === undefined) return;
    await this.#set(operator, operatorPassword, operatorRulesOf(topology, prefix));
  }

  /** The address that a service connects with. */
  urlOf(service: string): string {
    return this.#url(service, this.#options.passwordOf(service));
  }

  /** The address that the operator connects with. */
  operatorUrl(): string {
    return this.#url(operator, this.#options.operatorPassword ?? '');
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

  /** Drops the connection; the users stay. */
  close(): void {
    this.#redis.disconnect();
  }

  async #set(name: string, password: string, rules: readonly string[]): Promise<void> {
    const user = aclUserOf(name, this.#options.prefix);
    const all = ['reset', 'on', `>${password}`, ...rules];
    await this.#denials.watch('manage users', this.#redis.call('ACL', 'SETUSER', user, ...all));
  }

  #url(name: string, password: string): string {
    const url = new URL(this.#options.url);
    url.username = aclUserOf(name, this.#options.prefix);
    url.password = password;
    return url.href;
  }

  #users(): string[] {
    const { topology, prefix } = this.#options;
    return [...Object.keys(topology), operator].map((name) => aclUserOf(name, prefix));
  }
}
