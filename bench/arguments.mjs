/** What every bench does alike with its arguments. */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

export function misused(sentence) {
  console.error(sentence);
  process.exit(2);
}

/**
 * Reads the arguments; `--help` ends here with the usage, a wrong one with a sentence and 2.
 * @param {Record<string, string>} defaults options that take a value; `--json FILE` and `--help` are
 *   everybody's
 */
export function given(usage, defaults, { allowPositionals = false } = {}) {
  const text = { type: 'string' };
  const entries = Object.entries(defaults).map(([name, value]) => [
    name,
    { ...text, default: value },
  ]);
  const help = { type: 'boolean', default: false };
  const options = { ...Object.fromEntries(entries), json: text, help };
  try {
    const all = parseArgs({ options, allowPositionals });
    if (!all.values.help) return all;
  } catch (error) {
    // What follows is advice on how to pass a file of such a name.
    return misused(error.message.split('. ')[0]);
  }
  console.log(usage);
  return process.exit(0);
}

export function count(name, text) {
  const number = Number(text);
  if (Number.isSafeInteger(number) && number > 0) return number;
  return misused(`--${name} ${text}: it must be a whole number above 0`);
}

/** Several of them, by their names. @returns {number[]} */
export const counts = (values, ...names) => names.map((name) => count(name, values[name]));

/** Writes figures to the file that was asked for. */
export function keep(figures, json) {
  if (json) writeFileSync(json, JSON.stringify(figures, null, 2));
}
