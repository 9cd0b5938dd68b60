/** What a local start asks of the topology. */

export { readTopology } from '../topology/read.mjs';

/** @typedef {import('../topology/read.mjs').Topology} Topology */

/** @param {Topology} topology */
export const databaseServices = (topology) =>
  Object.keys(topology.services).filter((name) => topology.services[name].database);

/** The apps that APPS names, or all. */
export function chosenApps(topology, text) {
  const all = Object.keys(topology.services);
  if (!text?.trim()) return all;
  const chosen = [...new Set(text.split(',').map((name) => name.trim()))].filter(Boolean);
  const unknown = chosen.filter((name) => !all.includes(name));
  if (unknown.length > 0) {
    throw new Error(`APPS names ${unknown.join(', ')}; there are ${all.join(', ')}.`);
  }
  return chosen;
}
