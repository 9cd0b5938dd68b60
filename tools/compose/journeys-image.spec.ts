import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

/** A pattern of .dockerignore as what it matches: a path, or a folder above it. */
function matcher(pattern: string): RegExp {
  const escaped = pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&');
  const text = escaped.replace(/\*\*\/?|\*/g, (stars) => (stars === '*' ? '[^/]*' : '(?:.*/)?'));
  return new RegExp(`^${text}(?:/|$)`);
}

const rules = readFileSync('.dockerignore', 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line) => ({ isKept: line.startsWith('!'), matches: matcher(line.replace(/^!/, '')) }));

/** The last rule that matches decides. */
const isSent = (path: string) =>
  rules.findLast(({ matches }) => matches.test(path))?.isKept ?? true;

const copied = [
  ...readFileSync('e2e/Dockerfile', 'utf8').matchAll(/^COPY (?!--)(.+) \S+$/gm),
].flatMap(([, sources = '']) => sources.split(' '));
const isInImage = (path: string) =>
  isSent(path) && copied.some((source) => path === source || path.startsWith(`${source}/`));

/** What a file of ours reads when it is loaded, and programs and documents that it names by their paths. */
function readBy(path: string): string[] {
  const text = readFileSync(path, 'utf8');
  const imported = [...text.matchAll(/^(?:import|export)[^;]*?'(\.[^']+)';/gm)].map(([, to = '']) =>
    normalize(join(dirname(path), to)),
  );
  const named = [...text.matchAll(/'((?:tools|postman|e2e)\/[^'\s]+\.(?:mjs|json))'/g)];
  return [...imported, ...named.map(([, to = '']) => to)].map((to) =>
    existsSync(to) ? to : to.replace(/\.js$/, '.ts'),
  );
}

function allReadBy(paths: readonly string[]): string[] {
  const known = new Set<string>();
  const waiting = [...paths];
  for (let path = waiting.pop(); path; path = waiting.pop()) {
    if (known.has(path)) continue;
    known.add(path);
    if (/\.(ts|mjs)$/.test(path)) waiting.push(...readBy(path));
  }
  return [...known].toSorted();
}

describe('the image of the journeys', () => {
  const journeys = readdirSync('e2e')
    .filter((name) => name.endsWith('.spec.ts'))
    .map((name) => `e2e/${name}`);
  // They start nothing where BASE_URL names a platform.
  const setup = ['jest.config.mjs', 'e2e/start-platform.mjs', 'e2e/stop-platform.mjs'];

  it('[2.12] has every file that a journey reads', () => {
    const read = [...setup, ...allReadBy(journeys)];
    expect(read).toEqual(expect.arrayContaining(['e2e/api.ts', 'tools/smoke/run.mjs']));
    expect(read.filter((path) => !isInImage(path))).toEqual([]);
  });

  it('has no other specs, and nothing that nobody asked for', () => {
    const others = ['e2e/cluster/platform.ts', 'tools/smoke/smoke.spec.ts', 'README.md', '.env'];
    expect(others.filter(isInImage)).toEqual([]);
  });
});
