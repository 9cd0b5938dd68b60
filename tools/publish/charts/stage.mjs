/** A chart as it is published: real files instead of links, images by digest, what it changed. */
import { cpSync, existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parse, parseDocument } from 'yaml';
import { annotationsOf } from './annotations.mjs';

const UMBRELLA = 'microservices-app';
const LIBRARY = 'library';

const foldersIn = (parent) =>
  existsSync(parent)
    ? readdirSync(parent).filter((name) => existsSync(join(parent, name, 'Chart.yaml')))
    : [];

/** @returns {string[]} the names of the charts, what others need first */
export function chartsIn(root) {
  const rank = (name) => [LIBRARY, UMBRELLA].indexOf(name);
  const order = (name) => [1, 0, 2][rank(name) + 1];
  return foldersIn(root).toSorted(
    (one, other) => order(one) - order(other) || (one < other ? -1 : 1),
  );
}

/** Folders that packages leave out; Helm itself looks at the .helmignore of the outermost chart only. */
function leftOut(root) {
  const lines = foldersIn(root).flatMap((name) =>
    readFileSync(join(root, name, '.helmignore'), 'utf8').split('\n'),
  );
  return new Set(lines.filter((line) => line.endsWith('/')).map((line) => line.slice(0, -1)));
}

function edit(file, change) {
  const document = parseDocument(readFileSync(file, 'utf8'));
  change(document);
  writeFileSync(file, document.toString({ lineWidth: 0 }));
}

/** Where a chart's values say which images it runs, those of the charts in it left out. */
function imagePlaces(folder, chart) {
  if (chart === LIBRARY) return [];
  if (chart === UMBRELLA) {
    return [
      { image: 'install', path: ['install', 'image'] },
      { image: 'postgres', path: ['backup', 'image'] },
    ];
  }
  const values = parse(readFileSync(join(folder, 'values.yaml'), 'utf8'));
  return values?.image ? [{ image: chart, path: ['image'] }] : [];
}

/** Sets which images a chart runs. @returns what `artifacthub.io/images` says of them */
function setImages(folder, chart, { digests, imageRegistry }) {
  const { appVersion } = parse(readFileSync(join(folder, 'Chart.yaml'), 'utf8'));
  const registry = imageRegistry ? `${imageRegistry}/` : '';
  return imagePlaces(folder, chart).map(({ image, path }) => {
    const digest = digests?.[image]?.image?.digest;
    if (digests && !digest) throw new Error(`the file of digests names none of ${image}`);
    edit(join(folder, 'values.yaml'), (values) => {
      if (digest) values.setIn([...path, 'digest'], digest);
      if (imageRegistry) values.setIn([...path, 'registry'], imageRegistry);
    });
    const reference = `${registry}courtside/${image}:${appVersion}`;
    return { name: image, image: digest ? `${reference}@${digest}` : reference };
  });
}

/** A chart and those in it, each with its folder. */
const withParts = (folder, name) => [
  { name, folder },
  ...foldersIn(join(folder, 'charts')).map((part) => ({
    name: part,
    folder: join(folder, 'charts', part),
  })),
];

/**
 * Copies a chart and makes it what is published.
 * @param {{ root: string, name: string, into: string, given: { digests?: string, imageRegistry?: string,
 *   keyUrl?: string, keyring?: string, key?: string } }} options
 * @returns {string} its folder
 */
export function stageChart({ root, name, into, given }) {
  const folder = join(into, name);
  const without = leftOut(root);
  cpSync(join(root, name), folder, {
    recursive: true,
    dereference: true,
    filter: (path) => !without.has(basename(path)),
  });
  const digests = given.digests ? parse(readFileSync(given.digests, 'utf8')) : undefined;
  const set = withParts(folder, name).flatMap((part) =>
    setImages(part.folder, part.name, { ...given, digests }),
  );
  // Backups are taken by the image of the data store.
  const images = [...new Map(set.map((image) => [image.name, image])).values()];
  const annotations = annotationsOf({ name, folder, images, ...given });
  for (const part of withParts(folder, name)) {
    edit(join(part.folder, 'Chart.yaml'), (chart) => {
      // What it needs is inside: there is no folder beside it any more.
      for (const { items } of chart.get('dependencies')?.items ?? []) {
        const repository = items.find(({ key }) => String(key) === 'repository');
        if (repository) repository.value = '';
      }
      if (part.folder === folder) chart.set('annotations', chart.createNode(annotations));
    });
  }
  return folder;
}
