/** `global`: what all charts of one platform have to agree on. */
import { z } from 'zod';
import { choice, cidrs, flag, group, labels, ports, text, texts, whole } from './values.mjs';

/** RFC 1918, and where clouds keep what only their machines may ask (RFC 3927). */
const PRIVATE = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'];

const redis = group('the bus', {
  mode: choice(
    'bundled: one server of ours; external: one of yours, by host, or any kind by the REDIS_URL of existing secrets',
    ['bundled', 'external'],
  ),
  host: text('where an external one is'),
  port: whole('its port', 6379, { min: 1, max: 65_535 }),
  sentinelPorts: ports('ports of Sentinels or of more nodes that have to be reached too'),
  tls: flag('rediss: instead of redis:', false),
  cidrs: cidrs('addresses of an external one; narrow this down', PRIVATE),
  existingSecret: text(
    'a Secret with REDIS_PASSWORD_ADMIN, REDIS_PASSWORD_OPERATOR and REDIS_PASSWORD_<SERVICE>',
  ),
});

const postgres = group('the record', {
  mode: choice(
    'bundled: one server of ours; external: one of yours; cnpg: a cluster by CloudNativePG',
    ['bundled', 'external', 'cnpg'],
  ),
  host: text('where an external one is'),
  port: whole('its port', 5432, { min: 1, max: 65_535 }),
  database: text('the database that holds a schema for each service', 'courtside'),
  sslmode: choice('how the connection is protected', ['disable', 'require', 'verify-full']),
  cidrs: cidrs('addresses of an external one; narrow this down', PRIVATE),
  existingSecret: text(
    'a Secret with POSTGRES_PASSWORD and POSTGRES_PASSWORD_<SERVICE>; POSTGRES_PASSWORD is that of the superuser postgres',
  ),
});

const networkPolicy = group('what the network lets through', {
  enabled: flag('policies at all', true),
  dns: group('who answers names', {
    namespace: text('its namespace', 'kube-system'),
    podLabels: labels('its pods', { 'k8s-app': 'kube-dns' }),
    nodeLocalCidrs: cidrs('a cache on each node, which is no pod', ['169.254.20.10/32']),
  }),
  apiServer: group('for the gateway and for the Job that makes secrets', {
    cidrs: cidrs('addresses of the API servers; narrow this down', PRIVATE),
    ports: ports('its ports', [443, 6443]),
  }),
  ingressNamespaces: texts('where the proxy in front of the gateway runs', [
    'ingress-nginx',
    'traefik',
    'envoy-gateway-system',
    'ingress',
  ]),
  ingressCidrs: cidrs('addresses of one that is no pod, or of clients of a load balancer'),
  monitoringNamespaces: texts('where metrics are read from', ['monitoring']),
  internetPorts: ports('what apps that reach the internet may ask there', [443]),
  privateCidrs: cidrs('what is never the internet', [
    ...PRIVATE,
    '169.254.0.0/16',
    '100.64.0.0/10',
  ]),
});

const migrations = group('how databases follow the code', {
  mode: choice(
    'hook: by Helm before pods change; argocd: in a wave of their own; init: by each pod before it starts',
    ['hook', 'argocd', 'init'],
  ),
  deadlineSeconds: whole('how long a Job may take', 600, { min: 30 }),
});

const firstAdmin = group('the first administrator, made where there is none', {
  enabled: flag('make one', true),
  username: text('user name, as in the Secret', 'admin'),
  existingSecret: text('a Secret with username and password, instead of the one made here'),
});

export const globalValues = group('what all charts of one platform have to agree on', {
  platform: z
    .string()
    .regex(/^([a-z0-9]([a-z0-9-]{0,51}[a-z0-9])?)?$/)
    .default('')
    .meta({
      description: 'its name, the first part of all names; empty is the name of the release',
    }),
  demo: flag(
    'users, products and well-known passwords, for a look around; never with real people',
    false,
  ),
  imageRegistry: text('where all images come from, such as registry.example.org/courtside'),
  imagePullSecrets: texts('names of Secrets that open it'),
  redis,
  postgres,
  migrations,
  firstAdmin,
  networkPolicy,
});
