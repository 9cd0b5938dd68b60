/** What must agree between the services of a topology. */

/** Topics and streams of the outbox begin with it. */
const RESERVED = 'outbox';

/**
 * @param {import('./model.mjs').Topology} topology
 * @param {import('./yaml-file.mjs').YamlFile} source
 * @returns {import('./yaml-file.mjs').Fault[]}
 */
export function relationFaults({ services, upstreams, outside }, source) {
  const all = Object.values(services);
  const known = {
    services: Object.keys(services),
    published: new Set(all.flatMap(({ publishes }) => publishes)),
    broadcast: new Set(all.flatMap(({ broadcasts }) => broadcasts)),
    upstreams,
    outside,
  };
  const reserved = known.services
    .filter((name) => name === RESERVED)
    .map((name) =>
      source.keyFault(['services'], name, `${name} is no name for a service: it is reserved`),
    );
  const faults = Object.entries(services).flatMap(([name, service]) =>
    edgeFaults(name, service, known).map(([path, message]) =>
      source.fault(['services', name, ...path], message),
    ),
  );
  return [...faults, ...reserved];
}

function edgeFaults(name, service, { services, published, broadcast, upstreams, outside }) {
  const { calls, publishes, subscribes, database } = service;
  const each = (key, isWrong, sentence) =>
    service[key].flatMap((item, index) => (isWrong(item) ? [[[key, index], sentence(item)]] : []));
  const tells = publishes.length > 0 ? 'publishes' : 'subscribes to';
  return [
    ...each(
      'calls',
      (callee) => !services.includes(callee),
      (callee) => `${name} calls ${callee}, which is no service: there are ${services.join(', ')}`,
    ),
    ...(calls.includes(name) ? [[['calls', calls.indexOf(name)], `${name} calls itself`]] : []),
    ...each(
      'publishes',
      (topic) => topic.split('.')[0] !== name,
      (topic) => `${name} publishes ${topic}, which is not its own: its topics begin with ${name}.`,
    ),
    ...each(
      'subscribes',
      (topic) => !published.has(topic),
      (topic) => `${name} subscribes to ${topic}, which no service publishes`,
    ),
    ...each(
      'hears',
      (channel) => !broadcast.has(channel),
      (channel) => `${name} hears ${channel}, which no service broadcasts on`,
    ),
    ...each(
      'forwards',
      (upstream) => !Object.hasOwn(upstreams, upstream),
      (upstream) => `${name} forwards to ${upstream}, which upstreams does not name`,
    ),
    ...each(
      'outside',
      (there) => !Object.hasOwn(outside, there),
      (there) => `${name} reaches ${there}, which outside does not name`,
    ),
    ...(!database && publishes.length + subscribes.length > 0
      ? [[['database'], `${name} ${tells} events, which takes a database for its outbox and inbox`]]
      : []),
  ];
}
