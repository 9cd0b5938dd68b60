/** What must agree between the topology and libs/contracts. */

/**
 * @param {ReturnType<typeof import('./read.mjs').parseTopology>} read
 * @param {typeof import('../../libs/contracts/src/index.js')} contracts as built
 * @returns {import('./yaml-file.mjs').Fault[]}
 */
export function contractFaults({ topology, source }, contracts) {
  const { services } = topology;
  const faults = Object.entries(services).flatMap(([name, service]) =>
    serviceFaults(name, service, contracts).map(([path, message]) =>
      source.fault(['services', name, ...path], message),
    ),
  );
  const strange = Object.keys(services)
    .filter((name) => !contracts.serviceNames.includes(name))
    .map((name) => source.keyFault(['services'], name, `${name} is no service of libs/contracts`));
  const lacking = contracts.serviceNames
    .filter((name) => !services[name])
    .map((name) => source.fault(['services'], `${name} of libs/contracts is missing`));
  return [...faults, ...strange, ...lacking, ...lackingEdges(services, contracts, source)];
}

function serviceFaults(name, service, { messages, events, broadcastChannels }) {
  const each = (key, isWrong, sentence) =>
    service[key].flatMap((item, index) => (isWrong(item) ? [[[key, index], sentence(item)]] : []));
  return [
    ...each(
      'calls',
      (callee) => ![...messages.values()].some((message) => maySend(name, callee, message)),
      (callee) => `${name} calls ${callee}, which answers no message that ${name} may send`,
    ),
    ...each(
      'publishes',
      (topic) => !events.has(topic),
      (topic) => `${name} publishes ${topic}, an event that libs/contracts does not know`,
    ),
    ...each(
      'broadcasts',
      (channel) => !broadcastChannels.includes(channel),
      (channel) => `${name} broadcasts on ${channel}, a channel that libs/contracts does not know`,
    ),
  ];
}

const maySend = (caller, callee, { service, access }) =>
  service === callee && (access.by !== 'service' || access.callers.includes(caller));

/** What the contracts promise and the topology does not let happen. */
function lackingEdges(services, { messages, events }, source) {
  const faults = [];
  for (const { name, service } of events.values()) {
    if (!services[service] || services[service].publishes.includes(name)) continue;
    const sentence = `libs/contracts has the event ${name}, which ${service} does not publish`;
    faults.push(source.fault(['services', service, 'publishes'], sentence));
  }
  const said = new Set();
  for (const { name, service, access } of messages.values()) {
    for (const caller of access.by === 'service' ? access.callers : []) {
      const edge = `${caller} ${service}`;
      if (!services[caller] || services[caller].calls.includes(service) || said.has(edge)) continue;
      said.add(edge);
      const sentence = `the contract of ${name} is for ${caller}, which does not call ${service}`;
      faults.push(source.fault(['services', caller, 'calls'], sentence));
    }
  }
  return faults;
}
