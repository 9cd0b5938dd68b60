/** What Artifact Hub shows of a chart: https://artifacthub.io/docs/topics/annotations/helm */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { sectionOf } from '../../release/notes.mjs';

const UMBRELLA = 'microservices-app';

/** By the titles of the changelog. */
const KINDS = { Breaking: 'changed', New: 'added', Fixed: 'fixed', Faster: 'changed' };

/** @returns {{ kind: string, scopes: string[], description: string }[]} what a section lists */
function entriesOf(section) {
  let [kind, scope] = ['changed', ''];
  return section.split('\n').flatMap((line) => {
    const [, title] = /^### (.+)$/.exec(line) ?? [];
    if (title) kind = KINDS[title] ?? 'removed';
    const [, first, rest] = /^- \*\*(.+?)\*\*(?:: (.+))?$/.exec(line) ?? [];
    if (first) scope = first;
    const text = rest ?? /^ {2}- (.+)$/.exec(line)?.[1];
    if (!text) return [];
    const others = /\(also ([\w, .-]+)\)$/.exec(text)?.[1].split(', ') ?? [];
    return [{ kind, scopes: [scope, ...others], description: text.replaceAll('\\', '') }];
  });
}

/** What a release changed in one chart; the umbrella is all of them. */
export function changesOf(name, changelog, version) {
  const own = entriesOf(sectionOf(changelog, version)).filter(
    ({ scopes }) => name === UMBRELLA || scopes.includes(name) || scopes.includes('helm'),
  );
  return own.map(({ kind, scopes: [scope], description }) => ({
    kind,
    description: `${scope}: ${description}`,
  }));
}

/** Looks into a keyring from an empty home, so that nothing of it comes to anybody's own and no agent starts. */
function keysIn(keyring) {
  const home = mkdtempSync(join(tmpdir(), 'gpg-'));
  try {
    const alone = ['--batch', '--no-autostart', '--homedir', home];
    const args = [...alone, '--with-colons', '--show-keys', '--fingerprint', keyring];
    const run = { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] };
    return execFileSync('gpg', args, run).split(/^(?=sec:|pub:)/m);
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

/** @returns {string} of the key that signs */
function fingerprintOf({ key, keyring }) {
  const own = keysIn(keyring).find((each) =>
    each.split('\n').some((line) => line.startsWith('uid:') && line.includes(key)),
  );
  const fingerprint = /^fpr:{9}([0-9A-F]+):/m.exec(own ?? '')?.[1];
  if (!fingerprint) throw new Error(`${keyring} has no key of ${key}`);
  return fingerprint;
}

/** Values of annotations are strings, of YAML where they are lists. */
export function annotationsOf({ name, folder, images, keyUrl, ...signer }) {
  const { version } = parse(readFileSync(join(folder, 'Chart.yaml'), 'utf8'));
  const { license } = JSON.parse(readFileSync('package.json', 'utf8'));
  const changelog = existsSync('CHANGELOG.md') ? readFileSync('CHANGELOG.md', 'utf8') : '';
  const changes = changesOf(name, changelog, version);
  const signKey = keyUrl && { fingerprint: fingerprintOf(signer), url: keyUrl };
  const lists = { changes, images, signKey };
  const filled = Object.entries(lists).filter(([, value]) => value && value.length !== 0);
  const texts = filled.map(([key, value]) => [key, stringify(value, { lineWidth: 0 })]);
  const all = { license, prerelease: String(version.includes('-')), ...Object.fromEntries(texts) };
  return Object.fromEntries(
    Object.entries(all).map(([key, value]) => [`artifacthub.io/${key}`, value]),
  );
}
