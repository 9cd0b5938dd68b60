import { existsSync, readFileSync } from 'node:fs';
import Ajv2020 from 'ajv/dist/2020.js';
import { parse } from 'yaml';
import { imagesIn } from '../images/list.mjs';
import { composeDigests } from '../images/compose-digests.mjs';
import { readTopology } from '../topology/read.mjs';

interface Service {
  readonly image: string;
  readonly build?: { readonly args?: Record<string, string>; readonly dockerfile?: string };
  readonly environment?: Record<string, string | number>;
  readonly networks?: readonly string[];
  readonly network_mode?: string;
  readonly volumes?: readonly string[];
  readonly ports?: readonly string[];
  readonly depends_on?: Record<string, { readonly condition: string }>;
  readonly profiles?: readonly string[];
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly [key: string]: unknown;
}
interface Compose {
  readonly services: Record<string, Service>;
  readonly networks: Record<string, { readonly internal?: boolean } | null>;
  readonly volumes: Record<string, null>;
}

const text = readFileSync('compose.yaml', 'utf8');
const compose = parse(text, { merge: true }) as Compose;
const { services } = compose;
const topology = readTopology('topology.yaml');
const named = Object.entries(services);
const isOnce = ({ restart }: Service) => restart === 'no';
const dotenv = new Set(
  [...readFileSync('env.example', 'utf8').matchAll(/^#?([A-Z_]+)=/gm)].map(([, key = '']) => key),
);

describe('compose.yaml', () => {
  it('[2.8] is valid by the schema of the Compose Specification', () => {
    const schema = JSON.parse(
      readFileSync('tools/compose/fixtures/compose-spec.json', 'utf8'),
    ) as object;
    const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: false });
    const isValid = ajv.compile(schema);
    expect([isValid(compose), isValid.errors]).toEqual([true, null]);
    expect(isValid({ services: { web: { image: 'x', readonly: true } } })).toBe(false);
  });

  it('has a service for each app of the topology, each data store, and what installs them', () => {
    const stored = Object.keys(topology.services).filter(
      (name) => topology.services[name]?.database,
    );
    expect(Object.keys(services).sort()).toEqual(
      [
        ...Object.keys(topology.services),
        ...Object.keys(topology.upstreams),
        ...stored.map((name) => `${name}-migrate`),
        ...['caddy', 'database', 'postgres', 'redis', 'secrets', 'test'],
      ].sort(),
    );
  });

  it('[1.15 by substitute: schema, keys, the Caddyfile under Caddy] [2.8] takes from .env only keys that env.example has', () => {
    const taken = [...text.matchAll(/\$\{([A-Z_]+)/g)].map(([, key]) => key);
    expect(taken.filter((key) => !dotenv.has(key ?? ''))).toEqual([]);
    for (const key of [
      'DOMAIN',
      'HTTP_PORT',
      'HTTPS_PORT',
      'PORT',
      'LOG_LEVEL',
      'WEB_URL',
      'DEMO',
    ]) {
      expect(taken).toContain(key);
    }
  });

  it.each([...Object.keys(topology.services), ...Object.keys(topology.upstreams)])(
    '[1.15 by substitute: schema, keys, the Caddyfile under Caddy] gives %s settings that it knows, and all that it needs',
    async (name) => {
      const { app } = (await import(`../../apps/${name}/src/app.js`)) as {
        app: {
          config: {
            shape: Record<string, unknown>;
            safeParse(value: object): { success: boolean };
          };
        };
      };
      const { NODE_OPTIONS: _, ...given } = services[name]?.environment ?? {};
      const keys = Object.keys(given).map((key) => key.replace(/_FILE$/, ''));
      expect(keys.filter((key) => !Object.hasOwn(app.config.shape, key))).toEqual([]);
      for (const required of [
        'REDIS_URL',
        'SERVICE_KEY',
        'DATABASE_URL',
        'TOKEN_KEYS',
        'TOKEN_JWKS',
      ]) {
        if (Object.hasOwn(app.config.shape, required))
          expect(given).toHaveProperty(`${required}_FILE`);
      }
      const secrets = Object.entries(given).filter(([key]) =>
        /^(REDIS|DATABASE)_URL|_(KEYS?|JWKS|PASSWORD)(_FILE)?$/.test(key),
      );
      for (const [, value] of secrets) expect(String(value)).toMatch(/^\/etc\/courtside\//);
    },
  );

  it('lets services meet as the topology says, and only Caddy be reached', () => {
    const on = (name: string) => services[name]?.networks ?? [];
    const meets = (one: string, other: string) =>
      on(one).some((network) => on(other).includes(network));
    for (const [name, service] of Object.entries(topology.services)) {
      expect([name, meets(name, 'redis')]).toEqual([name, true]);
      expect([name, meets(name, 'postgres')]).toEqual([name, service.database]);
      expect([name, meets(name, 'caddy')]).toEqual([name, name === 'gateway']);
      for (const upstream of Object.keys(topology.upstreams)) {
        expect([name, meets(name, upstream)]).toEqual([name, service.forwards.includes(upstream)]);
      }
    }
    expect(named.filter(([, { ports }]) => ports).map(([name]) => name)).toEqual(['caddy']);
    const open = Object.keys(compose.networks).filter((name) => !compose.networks[name]?.internal);
    expect(open).toEqual(['outside']);
    expect(named.filter(([name]) => on(name).includes('outside')).map(([name]) => name)).toEqual([
      'caddy',
    ]);
    expect(services['secrets']?.network_mode).toBe('none');
  });

  it.each(named)('confines %s, with limits and no rights', (name, service) => {
    expect(service).toMatchObject({
      read_only: true,
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
      mem_limit: expect.stringMatching(/^\d+[mg]$/),
      cpus: expect.any(Number),
      pids_limit: expect.any(Number),
      logging: { options: { 'max-size': '10m' } },
    });
    expect(service).not.toHaveProperty('privileged');
    expect(service['cap_add']).toEqual(name === 'secrets' ? ['DAC_OVERRIDE'] : undefined);
    expect(service['user']).toBe(name === 'secrets' ? '0:65532' : '65532:65532');
    if (!isOnce(service)) expect(service.healthcheck?.test[0]).toBe('CMD');
    for (const mount of service.volumes ?? []) {
      const [from = '', , mode] = mount.split(':');
      if (!from.startsWith('./')) expect(Object.keys(compose.volumes)).toContain(from);
      else expect([from, existsSync(from), mode]).toEqual([from, true, 'ro']);
    }
  });

  it('keeps the secrets of each service from every other', () => {
    const holders = (volume: string) =>
      named
        .filter(([, { volumes }]) => volumes?.some((mount) => mount.startsWith(`${volume}:`)))
        .map(([name]) => name.replace('-migrate', ''));
    for (const name of Object.keys(topology.services)) {
      expect([...new Set(holders(`secrets-${name}`))].sort()).toEqual([name, 'secrets'].sort());
    }
    expect(holders('secrets-first-admin').sort()).toEqual(['secrets', 'users']);
  });

  it('migrates before an app takes work, and every job is waited for by what serves', () => {
    for (const [name, { database }] of Object.entries(topology.services)) {
      const { depends_on: waits = {} } = services[name] ?? {};
      expect(waits['redis']).toEqual({ condition: 'service_healthy' });
      if (database)
        expect(waits[`${name}-migrate`]?.condition).toBe('service_completed_successfully');
    }
    const awaited = new Set(
      named.flatMap(([, { depends_on: waits = {} }]) =>
        Object.keys(waits).filter((name) => waits[name]?.condition.includes('completed')),
      ),
    );
    const jobs = named.filter(([, one]) => isOnce(one) && !one.profiles).map(([name]) => name);
    expect(jobs.filter((name) => !awaited.has(name))).toEqual([]);
  });

  it('[2.12 by substitute: its image, its command and the engine’s flags, read] has a profile that runs the journeys and ends with their code, by the command it names', () => {
    const { test } = services;
    expect(test?.profiles).toEqual(['test']);
    const dockerfile = readFileSync(test?.build?.dockerfile ?? '', 'utf8');
    const [, entrypoint = '[]'] = /^ENTRYPOINT (.*)$/m.exec(dockerfile) ?? [];
    // The root is nobody's to write to, and /tmp is in memory.
    expect(JSON.parse(entrypoint)).toEqual([
      ...['node', 'node_modules/jest/bin/jest.js', '--cacheDirectory', '/tmp/jest'],
      ...['--selectProjects', 'e2e', '--ci'],
    ]);
    const command =
      'DEMO=true docker compose --profile test up --build --abort-on-container-failure --exit-code-from test';
    expect(text).toContain(command);
    expect(readFileSync('docs/operations/compose.md', 'utf8')).toContain(command);
    expect(Object.keys(test?.depends_on ?? {})).toEqual(
      expect.arrayContaining(['caddy', 'orders']),
    );
  });

  it('[4.30] says that it is not for production, and why', () => {
    expect(text).toMatch(/^# NOT FOR PRODUCTION: one of everything/m);
    expect(readFileSync('docs/operations/compose.md', 'utf8')).toContain('**Not for production.**');
  });
});

describe('the images of compose.yaml', () => {
  const charted = readFileSync('helm/microservices-app/images.txt', 'utf8').trim().split('\n');
  const known = imagesIn('.');

  it('[1.2] are the ones that the charts run, and the two that no chart needs', () => {
    const used = [...new Set(named.map(([, { image }]) => image))];
    const version = charted[0]?.split(':')[1];
    expect(used.sort()).toEqual(
      [...charted, `courtside/caddy:${version}`, `courtside/e2e:${version}`].sort(),
    );
  });

  it('are built from the Dockerfiles that npm run images builds', () => {
    for (const [name, { image, build }] of named.filter(([, service]) => service.build)) {
      const from = known.find((one) => image.startsWith(`courtside/${one.name}:`));
      const file = build?.dockerfile ?? (build?.args ? 'Dockerfile' : from?.dockerfile);
      expect([name, file, build?.args?.['APP'] ?? from?.name]).toEqual([
        name,
        from?.dockerfile,
        from?.name,
      ]);
    }
  });

  it('[1.2] are run by the digests that the charts are given', () => {
    const registry = 'registry.example';
    const digestOf = (name: string) =>
      `sha256:${Buffer.from(name).toString('hex').padEnd(64, '0')}`;
    const digests = Object.fromEntries(
      known.map(({ name }) => [
        name,
        { reference: `${registry}/courtside/${name}:1`, digest: digestOf(name) },
      ]),
    );
    const override = parse(
      composeDigests(compose, digests).replaceAll('!reset null', ''),
    ) as Compose;
    expect(Object.keys(override.services).sort()).toEqual(Object.keys(services).sort());
    for (const [name, { image }] of Object.entries(override.services)) {
      const [, own] = /^courtside\/([^:]+):/.exec(services[name]?.image ?? '') ?? [];
      expect(image).toBe(`${registry}/courtside/${own}:1@${digestOf(own ?? '')}`);
    }
  });
});
