/** Finds runs of lines that stand in two places; one piece of code can serve where the logic is one. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { isSpec, typeScript } from './sources.mjs';

/** A run this long is no accident. */
const RUN_LINES = 10;

/** Lines that mean something, with where they stand. */
function significantLines(path) {
  return readFileSync(path, 'utf8')
    .replace(/^(import|export \{)[^;]*;/gm, (statement) => statement.replace(/[^\n]/g, ''))
    .split('\n')
    .map((line, index) => ({ text: line.trim(), number: index + 1 }))
    .filter(({ text }) => text.length > 3 && !/^(\/\/|\/?\*|}|\)|])/.test(text));
}

/** Every run of the length, by its content. */
function runsOf(paths) {
  const seen = new Map();
  const found = [];
  for (const path of paths) {
    const lines = significantLines(path);
    let skipTo = 0;
    for (let start = 0; start + RUN_LINES <= lines.length; start++) {
      const run = lines.slice(start, start + RUN_LINES);
      const content = run.map(({ text }) => text).join('\n');
      const key = createHash('sha1').update(content).digest('base64');
      const place = `${path}:${run[0].number}-${run.at(-1).number}`;
      const twin = seen.get(key);
      if (!twin) seen.set(key, place);
      else if (start >= skipTo) {
        found.push(`${place} stands at ${twin} too`);
        skipTo = start + RUN_LINES;
      }
    }
  }
  return found;
}

const found = runsOf(typeScript().filter((path) => !isSpec(path)));
for (const pair of found) console.log(pair);
process.exit(found.length === 0 ? 0 : 1);
