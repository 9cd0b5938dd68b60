import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { apply, helm, kubectl, makeNamespace, objects, type ClusterObject } from './cluster.js';
import { command } from '../command.js';
import { settings } from './settings.js';

/** The umbrella, from the root of a repository. */
export const CHART = 'helm/microservices-app';
export const RELEASE = 'courtside';

/** The longest that a Helm command waits for pods. */
const WAIT = '180s';

/** Every app that has pods, by its chart; what the suite expects is written down, not read. */
export const apps = ['gateway', 'auth', 'users', 'products', 'orders', 'time', 'web'] as const;
export const stores = ['redis', 'postgres'] as const;

export interface Platform {
  readonly namespace: string;
  readonly url: string;
  /** Files of values that every Helm command of this platform gets. */
  readonly values: readonly string[];
  /** The umbrella that it is installed by; this repository's unless given. */
  readonly chart?: string;
}

/** Where the files of a run are. */
export const work = mkdtempSync(join(tmpdir(), 'courtside-cluster-'));
/** The authority that signed the certificate of the ingress. */
export const authority = join(work, 'tls.crt');
const digests = settings.digests || join(work, 'digests.yaml');

/** Builds every image of a repository and pushes it; the charts then name them by digest. */
export const buildImagesOf = (root: string, file: string): Promise<string> =>
  command(
    process.execPath,
    [
      ...['tools/images.mjs', '--registry', settings.registry, '--push', '--digests', file],
      ...settings.imageOptions,
    ],
    { cwd: root, withinMs: 900_000 },
  );

let built: Promise<unknown> | undefined;

/** Those of this repository, once in a run, unless they are there. */
export const buildImages = (): Promise<unknown> =>
  (built ??= settings.digests ? Promise.resolve() : buildImagesOf('.', digests));

/** The name that the certificate is for, and that clients of the suite can resolve anywhere. */
const host = new URL(settings.ingressUrl).hostname;

interface More {
  readonly global?: object;
  /** Values of its backups: a release before had none. */
  readonly backup?: object;
  /** Of each app; one unless given. */
  readonly replicas?: number;
  /** What the pod of each data store asks for, as a quantity of processors; that of the chart unless given. */
  readonly cpuOfStores?: string;
}

/** Makes a namespace with a certificate for the ingress, and the values of a small platform in it. */
export async function preparePlatform(namespace: string, more: More = {}): Promise<Platform> {
  await makeNamespace(namespace);
  await certificate(namespace);
  const { replicas = 1, cpuOfStores: cpu } = more;
  const values = {
    ...Object.fromEntries(apps.map((app) => [app, { replicas }])),
    gateway: {
      replicas,
      host,
      config: { TRUSTED_HOPS: 1 },
      ingress: { enabled: true, tls: { enabled: true, secretName: 'ingress-tls' } },
    },
    global: {
      imageRegistry: settings.pullRegistry,
      networkPolicy: {
        apiServer: await apiServer(),
        ingressNamespaces: [settings.ingressNamespace],
        monitoringNamespaces: [`${settings.namespace}-monitoring`],
      },
      ...more.global,
    },
    ...(more.backup && { backup: more.backup }),
    ...(cpu && Object.fromEntries(stores.map((s) => [s, { resources: { requests: { cpu } } }]))),
  };
  const file = join(work, `${namespace}.json`);
  writeFileSync(file, JSON.stringify(values));
  return { namespace, url: settings.ingressUrl, values: [file, digests] };
}

async function certificate(namespace: string): Promise<void> {
  const key = join(work, 'tls.key');
  await command('openssl', [
    ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', `/CN=${host}`],
    ...['-addext', `subjectAltName=DNS:${host},IP:127.0.0.1`, '-keyout', key, '-out', authority],
  ]);
  const data = {
    'tls.crt': readFileSync(authority).toString('base64'),
    'tls.key': readFileSync(key).toString('base64'),
  };
  const metadata = { name: 'ingress-tls', namespace };
  await apply([{ apiVersion: 'v1', kind: 'Secret', type: 'kubernetes.io/tls', metadata, data }]);
}

interface EndpointSlice extends ClusterObject {
  readonly endpoints: readonly { readonly addresses: readonly string[] }[];
  readonly ports: readonly { readonly port: number }[];
}

/** Where the API server really listens: what network policies have to let through. */
export async function apiServer(): Promise<{ cidrs: string[]; ports: number[] }> {
  const slices = await objects<EndpointSlice>('default', 'endpointslices');
  const own = slices.filter(
    ({ metadata }) => metadata.labels?.['kubernetes.io/service-name'] === 'kubernetes',
  );
  return {
    cidrs: own.flatMap(({ endpoints }) =>
      endpoints.flatMap(({ addresses }) => addresses.map((address) => `${address}/32`)),
    ),
    ports: [...new Set(own.flatMap(({ ports }) => ports.map(({ port }) => port)))],
  };
}

/** Installs or upgrades and waits until every pod is ready. */
export const install = (
  { namespace, values, chart = CHART }: Platform,
  more: readonly string[] = [],
): Promise<string> =>
  helm(
    [
      ...['upgrade', '--install', RELEASE, chart, '-n', namespace],
      ...values.flatMap((file) => ['-f', file]),
      ...['--wait', '--wait-for-jobs', '--timeout', WAIT, ...more],
    ],
    { withinMs: 240_000 },
  );

/** What a tool that renders charts by itself would apply; pods migrate, since it knows no hooks. */
export const rendered = (platform: Platform): Promise<string> =>
  helm([
    ...['template', RELEASE, CHART, '-n', platform.namespace, '--no-hooks'],
    ...platform.values.flatMap((file) => ['-f', file]),
    ...['--set', 'global.migrations.mode=init'],
  ]);

/** What runs, what happened: for whoever reads why a test failed. */
export async function describeTrouble(namespace: string): Promise<string> {
  const [pods, events] = await Promise.all([
    kubectl(['-n', namespace, 'get', 'pods,jobs', '-o', 'wide']),
    kubectl(['-n', namespace, 'get', 'events', '--sort-by=.lastTimestamp']),
  ]);
  return `${pods}\n${events.split('\n').slice(-30).join('\n')}`;
}
