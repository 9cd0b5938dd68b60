/** Whether names and labels fit, also under the longest release name that Helm takes. */
import { parseAllDocuments } from 'yaml';

export const LONGEST_RELEASE = 'a23456789-b23456789-c23456789-d23456789-e23456789-abc';

/** Of a label's value and of a name that is part of a host's. */
const LABEL_MAX = 63;

/** A StatefulSet's name and a revision stand in one label of its pods. */
const NAME_MAX = { StatefulSet: 52 };

/** Every value of every group of labels, selectors too, however deep. */
function labelsIn(value) {
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    ['labels', 'matchLabels'].includes(key) ? Object.values(inner ?? {}) : labelsIn(inner),
  );
}

/** @returns {string[]} what does not fit, and names that two objects of a kind share */
export function nameFaults(rendered) {
  const objects = parseAllDocuments(rendered)
    .map((document) => document.toJS())
    .filter((object) => object !== null);
  const names = objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`);
  const doubled = names.filter((name, index) => names.indexOf(name) !== index);
  const long = objects.filter(
    ({ kind, metadata }) => metadata.name.length > (NAME_MAX[kind] ?? LABEL_MAX),
  );
  const labels = objects.flatMap(labelsIn).filter((value) => String(value).length > LABEL_MAX);
  return [
    ...doubled.map((name) => `two objects are called ${name}`),
    ...long.map(({ kind, metadata }) => `too long for a ${kind}: ${metadata.name}`),
    ...[...new Set(labels)].map((value) => `too long for a label: ${value}`),
  ];
}
