import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * A password out of a folder with a file for each, as a mounted Secret is.
 * @throws Error that names the file, where there is none.
 */
export const passwordIn = (folder: string, key: string): string =>
  readFileSync(join(folder, key), 'utf8').trim();
