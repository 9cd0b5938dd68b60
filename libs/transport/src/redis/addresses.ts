import type { ConnectionOptions } from 'node:tls';
import type { RedisOptions } from 'ioredis';

/** One server of several. */
export interface ServerAddress {
  /** Name or address. */
  readonly host: string;
  /** TCP port. */
  readonly port: number;
}

/** Where Redis is: a URL, options of ioredis (Sentinel included), or the nodes of a Cluster. */
export type RedisAddress =
  | {
      /** `redis://`, `redis+sentinel://` or `redis+cluster://`, each also with `rediss`. */
      readonly url: string;
      /** Certificates, for servers that the system does not know. */
      readonly tls?: ConnectionOptions;
    }
  | {
      /** What ioredis connects with; some of it is the transport's own to decide. */
      readonly client: RedisOptions;
    }
  | {
      /** The nodes of a Cluster. */
      readonly cluster: ClusterAddress;
    };

/** The nodes of a Cluster, and how to connect with each. */
export interface ClusterAddress {
  /** Some of the nodes; the others are found through them. */
  readonly nodes: readonly ServerAddress[];
  /** User, password, TLS: the same for every node. */
  readonly client?: RedisOptions;
}

/** What a URL says, so far as it is not one server alone, which ioredis reads by itself. */
export type Resolved =
  | { readonly kind: 'server'; readonly client: RedisOptions; readonly url?: string }
  | {
      readonly kind: 'cluster';
      readonly nodes: readonly ServerAddress[];
      readonly client: RedisOptions;
    };

const form =
  /^(?<scheme>rediss?)\+(?<kind>sentinel|cluster):\/\/(?:(?<login>[^@/]*)@)?(?<hosts>[^/?]+)(?:\/(?<path>[^?]*))?(?:\?(?<query>.*))?$/;
const portOf = { sentinel: 26_379, cluster: 6_379 };

/** Whether a URL is one that `resolveAddress` takes. */
export function isRedisUrl(url: string): boolean {
  return /^rediss?(\+sentinel|\+cluster)?:\/\//.test(url);
}

/**
 * Reads an address. URLs are `redis://<user>:<password>@host:port/db`,
 * `redis+sentinel://<user>:<password>@host:port,host:port/name/db?sentinelUsername=…&sentinelPassword=…`
 * and `redis+cluster://<user>:<password>@host:port,host:port`; `rediss` in front asks for TLS, to
 * sentinels too.
 */
export function resolveAddress(address: RedisAddress): Resolved {
  if ('client' in address) return { kind: 'server', client: address.client };
  if ('cluster' in address) {
    const { nodes, client = {} } = address.cluster;
    return { kind: 'cluster', nodes, client };
  }
  const { url, tls } = address;
  const parts = form.exec(url)?.groups;
  if (!parts) {
    if (!URL.canParse(url)) throw new Error('a Redis URL is not <user>:<password>@host:port/db');
    return { kind: 'server', url, client: tls ? { tls } : {} };
  }
  const isSentinel = parts['kind'] === 'sentinel';
  const hosts = parseHosts(parts['hosts'] ?? '', portOf[isSentinel ? 'sentinel' : 'cluster']);
  const isTls = parts['scheme'] === 'rediss' || tls !== undefined;
  const client = { ...parseLogin(parts['login']), ...(isTls && { tls: tls ?? {} }) };
  if (!isSentinel) return { kind: 'cluster', nodes: hosts, client };
  return { kind: 'server', client: sentinelOptions(parts, hosts, client) };
}

function sentinelOptions(
  parts: Record<string, string>,
  sentinels: ServerAddress[],
  client: RedisOptions,
): RedisOptions {
  const [name, db] = (parts['path'] ?? '').split('/');
  if (!name) throw new Error('redis+sentinel://…/NAME lacks the name of the watched server');
  const query = new URLSearchParams(parts['query']);
  const [username, password] = [query.get('sentinelUsername'), query.get('sentinelPassword')];
  return {
    ...client,
    sentinels,
    name: decodeURIComponent(name),
    ...(db && { db: Number(db) }),
    ...(username && { sentinelUsername: username }),
    ...(password && { sentinelPassword: password }),
    ...(client.tls && { enableTLSForSentinelMode: true, sentinelTLS: client.tls }),
  };
}

function parseLogin(login: string | undefined): RedisOptions {
  if (!login) return {};
  const [username = '', password] = login.split(/:(.*)/s).map(decoded);
  return { ...(username && { username }), ...(password && { password }) };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new Error('a Redis URL has a user or password with a % that begins no escape: write %25');
  }
}

function parseHosts(text: string, portDefault: number): ServerAddress[] {
  return text.split(',').map((part) => {
    const found = /^(?:\[([^\]]+)\]|([^:]+))(?::(\d{1,5}))?$/.exec(part);
    const host = found?.[1] ?? found?.[2];
    // What is wrong may be a password with an unescaped character in it: it is not repeated.
    if (!host) throw new Error('a Redis URL has hosts that are not host:port,host:port');
    return { host, port: Number(found?.[3] ?? portDefault) };
  });
}
