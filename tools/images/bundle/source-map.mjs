/** The source map that ships: small enough to be kept in memory, and the same wherever it was made. */
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { decode, encode } from '@jridgewell/sourcemap-codec';

const OURS = /^(apps|libs)\//;

/**
 * Node.js decodes the whole map at the first look at a stack, which pino has at every start. So the map
 * tells of our own sources alone, by their place in the repository and without their text; frames of
 * dependencies keep their place in the bundle.
 * @param {string} file the map, rewritten in place
 * @param {string} root of the repository
 */
export function shortenSourceMap(file, root) {
  const map = JSON.parse(readFileSync(file, 'utf8'));
  const sources = map.sources.map((path) => relative(root, resolve(dirname(file), path)));
  const ours = sources.filter((path) => OURS.test(path));
  const places = sources.map((path) => ours.indexOf(path));
  const mappings = mappingsOf(decode(map.mappings), places);
  const { version } = map;
  writeFileSync(
    file,
    JSON.stringify({ version, sources: ours, names: [], mappings: encode(mappings) }),
  );
}

/** Where ours ends, a segment without a source says so: else what follows would count as ours. */
function mappingsOf(lines, places) {
  let isOurs = false;
  const shortened = (line) => {
    const segments = [];
    for (const [column, source, ...place] of line) {
      const at = places[source] ?? -1;
      if (at >= 0) segments.push([column, at, place[0], place[1]]);
      else if (isOurs) segments.push([column]);
      isOurs = at >= 0;
    }
    return segments;
  };
  return lines.map(shortened);
}
