/** The system as drawings and tables, from the topology, the route tables, the contracts and the settings. */
import { readdirSync } from 'node:fs';
import { z } from 'zod';
import { built } from './built.mjs';
import { componentsDrawing, containersDrawing } from './drawings.mjs';

const ROUTES = 'apps/gateway/routes';
/** Images listen here, whatever a laptop has free (decision on doors). */
const IMAGE_PORT = 8080;

const table = (heads, rows) =>
  [heads, heads.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
const code = (text) => `\`${text}\``;
const codes = (texts) => texts.map(code).join(' ');
const entries = ({ services }) => Object.entries(services);

/** Where servers listen, as the settings of the apps say it. */
async function portsOfSystem() {
  const [{ app }, database] = await Promise.all([
    built('apps/gateway', 'app'),
    import('../local/servers.mjs'),
  ]);
  const { properties } = z.toJSONSchema(app.config, { io: 'input', unrepresentable: 'any' });
  return {
    door: properties.PORT.default,
    image: IMAGE_PORT,
    admin: properties.ADMIN_PORT.default,
    postgres: database.POSTGRES_PORT,
    redis: database.REDIS_PORT,
  };
}

/** Every route of the gateway, its own pages included; an alias stands for the route it repeats. */
async function routesOfSystem() {
  const { routesOfFiles } = await built('apps/gateway', 'check-routes');
  const names = readdirSync(ROUTES).filter((name) => name.endsWith('.yaml'));
  const { routes } = routesOfFiles(names.sort().map((name) => `${ROUTES}/${name}`));
  return routes.filter((route) => route.aliasOf === undefined);
}

function containers(topology) {
  const rows = entries(topology).map(([name, { is, database }]) => [
    name,
    is,
    database ? `schema and role ${code(name)}` : 'nothing',
  ]);
  return table(['container', 'is for', 'stores'], rows);
}

function links(topology, ports, methods) {
  const clients = entries(topology).map(([name]) => name);
  const owners = entries(topology).flatMap(([name, { database }]) => (database ? [name] : []));
  const door = `${ports.door}, in images ${ports.image}`;
  const rows = [
    ['client', 'gateway', 'HTTP/1.1, behind TLS', methods.join(' '), 'any', door],
    ...clients.map((name) => [
      name,
      'Redis (bus)',
      'RESP over TCP, TLS with `rediss:`',
      `user ${code(`nx-${name}`)}: streams, publish and subscribe`,
      'any',
      `${ports.redis} (${code('REDIS_URL')})`,
    ]),
    ...owners.map((name) => [
      name,
      'PostgreSQL',
      'PostgreSQL 3.0 over TCP',
      `role ${code(name)}: SQL in schema ${code(name)}`,
      'any',
      `${ports.postgres} (${code('DATABASE_URL')})`,
    ]),
    ...entries(topology).flatMap(([name, { outside }]) =>
      outside.map((there) => [name, there, 'HTTPS', 'GET POST', 'any', '443']),
    ),
    ...clients.map((name) => [
      'cluster',
      name,
      'HTTP/1.1',
      codes(['livez', 'readyz', 'startupz', 'metrics'].map((probe) => `GET /${name}/${probe}`)),
      'any',
      `${ports.admin} (${code('ADMIN_PORT')})`,
    ]),
  ];
  return table(['client', 'server', 'protocol', 'method', 'client port', 'server port'], rows);
}

/** What an app may ask another: what routes lead to, and what is meant for services. */
function requests(topology, messages, routes) {
  const routed = new Set(routes.map(({ target }) => target.message?.name));
  const isSent = (from, { name, access }) =>
    access.by === 'service'
      ? access.callers.includes(from)
      : from === 'gateway' && routed.has(name);
  const rows = entries(topology).flatMap(([from, { calls }]) =>
    calls.map((to) => {
      const sent = messages.filter((message) => message.service === to && isSent(from, message));
      return [from, to, codes(sent.map(({ name }) => name))];
    }),
  );
  return table(['from', 'to', 'messages'], rows);
}

function events(topology) {
  const rows = entries(topology).flatMap(([from, { publishes }]) =>
    publishes.map((topic) => {
      const to = entries(topology).filter(([, { subscribes }]) => subscribes.includes(topic));
      return [from, code(topic), to.map(([name]) => name).join(', ') || 'nobody yet'];
    }),
  );
  return table(['from', 'event', 'handled by'], rows);
}

function broadcasts(topology) {
  const channels = [...new Set(entries(topology).flatMap(([, service]) => service.broadcasts))];
  const who = (key, channel) =>
    entries(topology)
      .filter(([, service]) => service[key].includes(channel))
      .map(([name]) => name)
      .join(', ');
  const rows = channels.map((channel) => [
    who('broadcasts', channel),
    code(channel),
    who('hears', channel),
  ]);
  return table(['from', 'channel', 'heard by'], rows);
}

function doors(routes) {
  const rows = routes.map(({ method, path, auth, target }) => [
    method,
    code(path.text),
    auth === 'user' ? 'a user' : 'anyone',
    { message: target.message?.service, upstream: target.key, handler: 'gateway' }[target.kind],
    target.kind === 'message' ? code(target.message.name) : '',
  ]);
  return table(['method', 'path', 'for', 'answered by', 'message'], rows);
}

export async function systemPage(topology) {
  const [ports, routes, { messages }] = await Promise.all([
    portsOfSystem(),
    routesOfSystem(),
    built('libs/contracts'),
  ]);
  const methods = [...new Set(routes.map(({ method }) => method))];
  const text = `# The system

Generated by \`npm run topology\` from \`topology.yaml\`, the route tables, the contracts and the settings.

## Containers and what they are for

${containersDrawing(topology)}

${containers(topology)}

## Links, with protocol, method and ports

${componentsDrawing(topology, ports, methods)}

${links(topology, ports, methods)}

Services have no port for one another: they meet on the bus, where each may do what follows and is
refused everything else by its Redis user.

### Requests over the bus

${requests(topology, [...messages.values()], routes)}

### Events over the bus

${events(topology)}

Who handles events confirms them to the publisher's outbox.

### Broadcasts

${broadcasts(topology)}

## The door

${doors(routes)}
`;
  return { path: 'docs/generated/system.md', text, parser: 'markdown' };
}
