/** Reads topology.yaml, the one page that says which service may do what. */
import { readFileSync } from 'node:fs';
import { TopologyModel } from './model.mjs';
import { relationFaults } from './relations.mjs';
import { YamlFile, faultText } from './yaml-file.mjs';

/** @typedef {import('./model.mjs').Topology} Topology */

/** A topology that cannot be used; the message lists every fault, one line each. */
export class TopologyError extends Error {
  /** @param {import('./yaml-file.mjs').Fault[]} faults */
  constructor(faults) {
    super(faults.map(faultText).join('\n'));
    this.name = 'TopologyError';
    this.faults = faults;
  }
}

/**
 * @returns {{ topology: Topology, source: YamlFile }} with every list, empty where nothing is said
 * @throws TopologyError
 */
export function parseTopology(text, file = 'topology.yaml') {
  const source = new YamlFile(file, text);
  if (source.faults.length > 0) throw new TopologyError(source.faults);
  const parsed = TopologyModel.safeParse(source.value);
  if (!parsed.success) {
    throw new TopologyError(parsed.error.issues.flatMap((issue) => modelFaults(issue, source)));
  }
  const { apiVersion: _, ...topology } = parsed.data;
  const faults = relationFaults(topology, source);
  if (faults.length > 0) throw new TopologyError(faults);
  return { topology, source };
}

/** @param {string} file @returns {Topology} @throws TopologyError */
export const readTopology = (file) => parseTopology(readFileSync(file, 'utf8'), file).topology;

function modelFaults(issue, source) {
  const path = issue.path.map(String);
  const place = path.join('.') || 'the file';
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => source.keyFault(path, key, `${place} has no key ${key}`));
  }
  if (issue.code === 'invalid_key') {
    const sentence = issue.issues.map(({ message }) => message).join('; ');
    return [source.keyFault(path.slice(0, -1), path.at(-1), `${place}: ${sentence}`)];
  }
  const isMissing = issue.message.endsWith('received undefined');
  return [
    source.fault(issue.path, isMissing ? `${place} is missing` : `${place}: ${issue.message}`),
  ];
}
