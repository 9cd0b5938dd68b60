/** Changes to templates that a suite has to notice: a condition that always holds, one that never does. */
import { readdirSync, readFileSync } from 'node:fs';

/** An action that begins a block: `{{- if X }}`, `{{- else if X }}`, `{{- with X }}`, `{{- range $k, $v := X }}`. */
const BLOCK =
  /\{\{-? *(?<word>if|else if|with|range)(?<names> \$\w+(?:, \$\w+)? :=)? (?<what>.+?) *-?\}\}/g;

/** What a block becomes; a `with` that always holds would have nothing to hold. */
const BECOMES = {
  if: ['true', 'false'],
  'else if': ['true', 'false'],
  with: ['""'],
  range: ['list'],
};

function mutantsOf(file, text) {
  return [...text.matchAll(BLOCK)].flatMap(({ 0: action, index, groups }) =>
    BECOMES[groups.word].map((what) => {
      const changed = action.replace(
        `${groups.word}${groups.names ?? ''} ${groups.what}`,
        () => `${groups.word}${groups.names ?? ''} ${what}`,
      );
      const line = text.slice(0, index).split('\n').length;
      const mutated = text.slice(0, index) + changed + text.slice(index + action.length);
      return { file, line, says: `${action}  becomes  ${changed}`, text: mutated };
    }),
  );
}

/** Made of the topology, by the model that the suites are there to check. */
const GENERATED = '_platform.tpl';

/** @returns {{ file: string, line: number, says: string, text: string }[]} of every template below `root` */
export function mutants(root) {
  const charts = readdirSync(root);
  return charts.flatMap((chart) => {
    const folder = `${chart}/templates`;
    const files = readdirSync(`${root}/${folder}`).filter((name) => name !== GENERATED);
    return files.flatMap((name) => {
      const file = `${folder}/${name}`;
      return mutantsOf(file, readFileSync(`${root}/${file}`, 'utf8'));
    });
  });
}
