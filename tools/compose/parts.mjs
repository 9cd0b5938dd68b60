/** The pieces that services of compose.yaml are made of. */

/** As the user of all our images, without rights, on a root that nobody writes to. */
export const confined = {
  read_only: true,
  user: '65532:65532',
  cap_drop: ['ALL'],
  security_opt: ['no-new-privileges:true'],
  tmpfs: ['/tmp:size=32m,mode=1777'],
  pids_limit: 256,
  // Ours are built here: a name that somebody else took at a registry is never fetched.
  pull_policy: 'never',
  logging: { driver: 'json-file', options: { 'max-size': '10m', 'max-file': '3' } },
};

export const done = { condition: 'service_completed_successfully' };
export const healthy = { condition: 'service_healthy' };
const started = { condition: 'service_started' };

/** Its environment needs no more than the image: distroless ones have no shell and no curl. */
const probe = (app) =>
  `fetch('http://127.0.0.1:9001/${app}/readyz').then(({ ok }) => process.exit(ok ? 0 : 1))`;

const patience = { interval: '15s', timeout: '5s', retries: 3, start_period: '2m' };
/** Docker 25 and later look more often while a container starts. */
const often = { start_interval: '1s' };

export const healthOf = (...test) => ({ test: ['CMD', ...test], ...patience, ...often });
const healthOfApp = (app) => healthOf('/nodejs/bin/node', '-e', probe(app));

/** Kubernetes' quantities as compose writes them: 256Mi is 256m. */
const memory = (quantity) => quantity.replace(/([KMG])i$/, (_, unit) => unit.toLowerCase());

export const limitsOf = ({ resources: { limits } }) => ({
  mem_limit: memory(String(limits.memory)),
  cpus: Number(limits.cpu),
});

/** The volume in which the secrets of one part are, and nobody else's. */
export const secretsOf = (name) => `secrets-${name}`;

const buildOf = ({ dockerfile, context, args }) => ({
  context,
  ...(dockerfile !== `${context}/Dockerfile` && dockerfile !== 'Dockerfile' && { dockerfile }),
  ...(args.length > 0 && { args: Object.fromEntries(args.map((each) => each.split('='))) }),
});

/** @param {{ image: import('../images/list.mjs').Image, reference: string }} from */
export const builtFrom = ({ image, reference }) => ({ image: reference, build: buildOf(image) });

/** Whom an app waits for: its tables, its bus, its secrets. */
export function waitsOf(name, { bus, database }) {
  return {
    ...(database && { [`${name}-migrate`]: done }),
    ...(bus && { redis: healthy }),
    ...(bus && !database && { secrets: done }),
  };
}

/** One app, as it serves. */
export function appService({ name, from, place, values, environment, mounts }) {
  const { networks } = place;
  const waits = waitsOf(name, place);
  return {
    ...builtFrom(from),
    environment: { ...environment, NODE_OPTIONS: values.nodeOptions },
    networks,
    ...(mounts.length > 0 && { volumes: mounts }),
    ...(Object.keys(waits).length > 0 && { depends_on: waits }),
    healthcheck: healthOfApp(name),
    stop_grace_period: `${values.terminationGracePeriodSeconds}s`,
    ...limitsOf(values),
  };
}

/** Brings the tables of one app up to date and ends. */
export const migration = ({ from: { reference }, values, environment, mounts }) => ({
  image: reference,
  command: ['migrate'],
  environment,
  networks: ['database'],
  volumes: mounts,
  depends_on: { database: done },
  ...limitsOf(values),
});

/** The order in which a stack that was started as a whole opens its door. */
export const behind = (...names) => Object.fromEntries(names.map((name) => [name, started]));
