/** The file `.env`: one KEY=VALUE per line, `#` begins a comment line, quotes around a value go. */
import { existsSync, readFileSync } from 'node:fs';

/** @param {string} text @returns {Record<string, string>} */
export function parseDotenv(text, file = '.env') {
  const values = {};
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const line = raw.trim().replace(/^export\s+/, '');
    if (line === '' || line.startsWith('#')) continue;
    const [, key, value] = /^([A-Za-z_]\w*)\s*=\s*(.*)$/.exec(line) ?? [];
    if (!key) throw new Error(`${file}:${index + 1} is not KEY=VALUE: ${raw}`);
    values[key] = /^(["'])(.*)\1$/.exec(value)?.[2] ?? value;
  }
  return values;
}

/** What the process was given wins over what the file says. */
export function withDotenv(file, env) {
  if (!existsSync(file)) return { ...env };
  return { ...parseDotenv(readFileSync(file, 'utf8'), file), ...env };
}
