/** Where the version stands, and how each place is written anew. Each is a function of a file's text. */
import { parseDocument } from 'yaml';

const OWN = /^@courtside\//;
const LINKS = ['dependencies', 'devDependencies', 'peerDependencies', 'optionalDependencies'];

/** Packages of one release are bound to each other by exactly its version. */
function setManifest(manifest, version) {
  if (manifest.version !== undefined) manifest.version = version;
  for (const kind of LINKS) {
    for (const name of Object.keys(manifest[kind] ?? {})) {
      if (OWN.test(name)) manifest[kind][name] = version;
    }
  }
}

/** JSON as npm writes it. */
const json = (text, change) => {
  const value = JSON.parse(text);
  change(value);
  return `${JSON.stringify(value, undefined, 2)}\n`;
};

const manifest = (text, { version }) => json(text, (own) => setManifest(own, version));

const lock = (text, { version }) =>
  json(text, (own) => {
    own.version = version;
    const workspaces = Object.entries(own.packages).filter(
      ([path]) => !path.includes('node_modules'),
    );
    for (const [, each] of workspaces) setManifest(each, version);
  });

/** Charts of this repository are of one version, the library and what needs it alike. */
function chart(text, { version }) {
  const document = parseDocument(text);
  document.set('version', version);
  if (document.has('appVersion')) document.set('appVersion', version);
  for (const dependency of document.get('dependencies')?.items ?? []) {
    if (String(dependency.get('repository')).startsWith('file://'))
      dependency.set('version', version);
  }
  return document.toString({ lineWidth: 0, singleQuote: true });
}

const imageList = (text, { version }) =>
  text.replace(/^(courtside\/[\w-]+):\S+$/gm, `$1:${version}`);
/** Images of compose.yaml, where it names them by tag. */
const composed = (text, { version }) =>
  text.replace(/^( +image: courtside\/[\w-]+):[^\s@]+/gm, `$1:${version}`);
const labels = (text, { version }) =>
  text.replace(/^( +app\.kubernetes\.io\/version:) .*$/gm, `$1 ${version}`);

/** @type {{ glob: string, set(text: string, plan: { version: string }): string }[]} */
export const places = [
  { glob: 'package.json', set: manifest },
  { glob: 'package-lock.json', set: lock },
  { glob: ':(glob)libs/*/package.json', set: manifest },
  // No workspaces: the lock file has no place of them.
  { glob: ':(glob)libs/*/example/package.json', set: manifest },
  { glob: ':(glob)apps/*/example/package.json', set: manifest },
  { glob: ':(glob)apps/*/package.json', set: manifest },
  { glob: ':(glob)helm/*/Chart.yaml', set: chart },
  { glob: 'helm/microservices-app/images.txt', set: imageList },
  { glob: 'compose.yaml', set: composed },
  { glob: 'k8s/networkpolicy.yaml', set: labels },
];
