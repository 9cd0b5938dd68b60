/** Files of the repository that are made from a render: they need Helm, so `npm run generate` has none of them. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { parseAllDocuments, stringify } from 'yaml';

const UMBRELLA = 'helm/microservices-app';

const objects = (rendered) =>
  parseAllDocuments(rendered)
    .map((document) => document.toJS())
    .filter((object) => object !== null);

/** Every value under a key `image`, however deep. */
function imagesIn(value) {
  if (Array.isArray(value)) return value.flatMap(imagesIn);
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === 'image' && typeof inner === 'string' ? [inner] : imagesIn(inner),
  );
}

const imageList = (rendered) =>
  `${[...new Set(objects(rendered).flatMap(imagesIn))].toSorted().join('\n')}\n`;

const POLICIES_SAY = `# What the network of the platform lets through, for whoever runs kubectl apply instead of Helm: nothing in
# and nothing out of the namespace courtside but what stands here. Made from the charts by
# \`npm run check:charts -- --write\`, for a release and a namespace called courtside: do not edit.
# Before it, k8s/namespace.yaml. Where an ingress controller, a monitoring or an API server is somewhere else
# than assumed here, render the charts with your values: helm template courtside helm/microservices-app.
`;

/** What only Helm reads: hooks and labels of a release. */
function plain({ apiVersion, kind, metadata, spec }) {
  const { 'helm.sh/chart': _, 'app.kubernetes.io/managed-by': _by, ...labels } = metadata.labels;
  const { name, namespace } = metadata;
  return { apiVersion, kind, metadata: { name, namespace, labels }, spec };
}

function policies(rendered) {
  const all = objects(rendered).filter(({ kind }) => kind === 'NetworkPolicy');
  const texts = all
    .toSorted((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1))
    .map((policy) => stringify(plain(policy), { lineWidth: 0, aliasDuplicateObjects: false }));
  return `${POLICIES_SAY}---\n${texts.join('---\n')}`;
}

const made = [
  { path: `${UMBRELLA}/images.txt`, make: imageList },
  { path: 'k8s/networkpolicy.yaml', make: policies },
];

/** @returns {Promise<string[]>} what is not as the charts make it now; with `isWrite` it is made so */
export async function madeFiles(helm, { isWrite }) {
  const rendered = await helm.template(UMBRELLA, {});
  const stale = made
    .map(({ path, make }) => ({ path, text: make(rendered) }))
    .filter(({ path, text }) => !existsSync(path) || readFileSync(path, 'utf8') !== text);
  if (isWrite) for (const { path, text } of stale) writeFileSync(path, text);
  return isWrite
    ? []
    : stale.map(
        ({ path }) => `${path} is not what the charts make: npm run check:charts -- --write`,
      );
}
