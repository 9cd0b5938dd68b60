/** compose.yaml as data: which services there are, who meets whom on which network, who waits for whom. */
import {
  appService,
  behind,
  builtFrom,
  done,
  healthOf,
  healthy,
  limitsOf,
  migration,
  secretsOf,
} from './parts.mjs';
import { environmentOf, FIRST_ADMIN, fromDotenv, ports, SECRETS } from './settings.mjs';

const APP_PORT = 8080;
const PLAN = './deploy/generated/compose-plan.json:/etc/courtside/plan.json:ro';
const FIRST_ADMIN_VOLUME = `${secretsOf('first-admin')}:${FIRST_ADMIN}:ro`;

/** Where a service of the topology stands. */
function placeOf(name, { services, upstreams, outside }) {
  const service = services[name];
  const reachesInternet = service?.outside.some((there) => outside[there].lies === 'on-internet');
  const isUpstream = Object.hasOwn(upstreams, name);
  return {
    bus: service !== undefined,
    database: service?.database ?? false,
    isDoor: isUpstream || name === 'gateway',
    upstreams: (service?.forwards ?? []).map((upstream) => ({
      key: upstreams[upstream].url,
      url: `http://${upstream}:${APP_PORT}`,
    })),
    networks: [
      ...(name === 'gateway' ? ['edge'] : []),
      ...(isUpstream ? [name] : (service?.forwards ?? [])),
      ...(service ? ['bus'] : []),
      ...(service?.database ? ['database'] : []),
      ...(reachesInternet ? ['outside'] : []),
    ],
  };
}

function mountsOf(name, place) {
  return [
    ...(place.bus ? [`${secretsOf(name)}:${SECRETS}:ro`] : []),
    ...(name === 'users' ? [FIRST_ADMIN_VOLUME] : []),
    ...place.upstreams.map(
      ({ url }) =>
        `./helm/gateway/files/${new URL(url).hostname}.yaml:/app/routes/${new URL(url).hostname}.yaml:ro`,
    ),
  ];
}

/** Every app that serves, and beside those that store the run that makes their tables. */
function apps(parts) {
  const { topology, definitions, values, from } = parts;
  const names = [...Object.keys(topology.services), ...Object.keys(topology.upstreams)];
  const entries = names.flatMap((name) => {
    const place = placeOf(name, topology);
    const environment = environmentOf(name, definitions[name], place);
    const own = { name, place, environment, values: values[name], from: from(name) };
    const service = appService({ ...own, mounts: mountsOf(name, place) });
    if (!place.database) return [[name, service]];
    const { FIRST_ADMIN: _, FIRST_ADMIN_PASSWORD_FILE: __, ...rest } = environment;
    const mounts = [`${secretsOf(name)}:${SECRETS}:ro`];
    return [
      [`${name}-migrate`, migration({ ...own, environment: rest, mounts })],
      [name, service],
    ];
  });
  return Object.fromEntries(entries);
}

/** What has secrets of its own. */
const secretHolders = ({ services }) => [
  ...Object.keys(services),
  'redis',
  'postgres',
  'first-admin',
];

function install({ topology, from, values }) {
  const mounts = secretHolders(topology).map((name) => `${secretsOf(name)}:/secrets/${name}`);
  return {
    secrets: {
      ...builtFrom(from('install')),
      command: [
        ...['secrets', '--plan', '/etc/courtside/plan.json', '--folder', '/secrets'],
        '--tell-password',
      ],
      // A new volume is whose an engine likes it to be; the group is the one that all images run as.
      user: '0:65532',
      cap_add: ['DAC_OVERRIDE'],
      network_mode: 'none',
      volumes: [PLAN, ...mounts],
      ...limitsOf(values.install),
    },
    database: {
      image: from('install').reference,
      command: [
        ...[
          'database',
          '--plan',
          '/etc/courtside/plan.json',
          '--passwords',
          '/etc/courtside/passwords',
        ],
      ],
      networks: ['database'],
      volumes: [PLAN, `${secretsOf('postgres')}:/etc/courtside/passwords:ro`],
      depends_on: { secrets: done, postgres: healthy },
      ...limitsOf(values.install),
    },
  };
}

function stores({ from, values }) {
  const store = (name, ready) => ({
    ...builtFrom(from(name)),
    healthcheck: healthOf(ready),
    depends_on: { secrets: done },
    stop_grace_period: `${values[name].terminationGracePeriodSeconds}s`,
    ...limitsOf(values[name]),
  });
  return {
    redis: {
      ...store('redis', 'redis-ready'),
      environment: { REDIS_MAXMEMORY: values.redis.maxMemory },
      networks: ['bus'],
      volumes: [
        'redis:/data',
        './k8s/generated/redis-users.acl:/etc/redis/acl/users.acl:ro',
        `${secretsOf('redis')}:/etc/redis/passwords:ro`,
      ],
    },
    postgres: {
      ...store('postgres', 'postgres-ready'),
      environment: { POSTGRES_DATABASE: values.postgres.global.postgres.database },
      networks: ['database'],
      volumes: ['postgres:/data', `${secretsOf('postgres')}:/etc/postgres/passwords:ro`],
      shm_size: '64m',
    },
  };
}

const caddy = ({ from }) => ({
  ...builtFrom(from('caddy')),
  environment: { DOMAIN: fromDotenv('DOMAIN', 'localhost'), GATEWAY: `gateway:${APP_PORT}` },
  ports,
  networks: ['edge', 'outside'],
  volumes: ['./Caddyfile:/etc/caddy/Caddyfile:ro', 'caddy:/data'],
  depends_on: behind('gateway'),
  healthcheck: healthOf('caddy-ready'),
  stop_grace_period: '40s',
  mem_limit: '128m',
  cpus: 1,
});

/** The journeys of e2e, through the reverse proxy. */
const test = ({ topology, from }) => ({
  ...builtFrom(from('e2e')),
  profiles: ['test'],
  environment: { BASE_URL: 'http://caddy:8001', HOME: '/tmp' },
  networks: ['edge'],
  tmpfs: ['/tmp:size=256m,mode=1777'],
  depends_on: Object.fromEntries(
    ['caddy', ...Object.keys(topology.services), ...Object.keys(topology.upstreams)].map((name) => [
      name,
      healthy,
    ]),
  ),
  mem_limit: '1g',
  cpus: 2,
});

/** @returns every service by name, in the order in which they come up. */
export const servicesOf = (parts) => ({
  caddy: caddy(parts),
  ...apps(parts),
  ...stores(parts),
  ...install(parts),
  test: test(parts),
});

/** Networks without a way out, but for the one that ports are published on. */
export const networksOf = ({ upstreams }) => ({
  edge: { internal: true },
  ...Object.fromEntries(Object.keys(upstreams).map((name) => [name, { internal: true }])),
  bus: { internal: true },
  database: { internal: true },
  outside: {},
});

export const volumesOf = (topology) => [
  'caddy',
  'redis',
  'postgres',
  ...secretHolders(topology).map(secretsOf),
];
