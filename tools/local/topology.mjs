/** Reads topology.yaml, the one page that says which service may do what. */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

/**
 * @typedef {{ calls: string[], publishes: string[], subscribes: string[], database: boolean,
 *   outside: string[] }} Service
 * @typedef {{ services: Record<string, Service>, redis: Record<string, object> }} Topology
 */

const API_VERSION = 'topology/v1';
const lists = ['calls', 'publishes', 'subscribes', 'broadcasts', 'hears', 'outside'];

function faultsOf(name, service, services, published) {
  const faults = [];
  for (const key of Object.keys(service)) {
    if (!lists.includes(key) && key !== 'database' && key !== 'is')
      faults.push(`${name} has an unknown key ${key}`);
  }
  for (const key of lists) {
    if (!Array.isArray(service[key] ?? [])) faults.push(`${name}.${key} is not a list`);
  }
  if (typeof service.database !== 'boolean') faults.push(`${name}.database is not true or false`);
  if (faults.length > 0) return faults;
  const strangers = (service.calls ?? []).filter((callee) => !services[callee]);
  const silent = (service.subscribes ?? []).filter((topic) => !published.has(topic));
  return [
    ...strangers.map((callee) => `${name} calls ${callee}, which is no service`),
    ...silent.map((topic) => `${name} subscribes to ${topic}, which no service publishes`),
  ];
}

/** @param {string} text @returns {Topology} */
export function parseTopology(text, file = 'topology.yaml') {
  const { apiVersion, services = {}, redis = {} } = parse(text) ?? {};
  if (apiVersion !== API_VERSION) {
    throw new Error(`${file}: apiVersion is ${apiVersion} and ought to be ${API_VERSION}.`);
  }
  const published = new Set(Object.values(services).flatMap((each) => each?.publishes ?? []));
  const faults = Object.entries(services).flatMap(([name, service]) =>
    faultsOf(name, service ?? {}, services, published),
  );
  if (faults.length > 0) throw new Error(`${file}: ${faults.join('; ')}.`);
  const complete = Object.entries(services).map(([name, service]) => [
    name,
    { is: '', ...Object.fromEntries(lists.map((key) => [key, []])), ...service },
  ]);
  return { services: Object.fromEntries(complete), redis };
}

/** @param {string} file */
export const readTopology = (file) => parseTopology(readFileSync(file, 'utf8'), file);

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
