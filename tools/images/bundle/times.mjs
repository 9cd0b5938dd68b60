/** The same files make the same layer, whenever and wherever it is built. */
import { lutimesSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** 1980-01-01, the first day that every archive format knows. */
const SINCE = 315_532_800;

/** Gives everything below a folder, and the folder, the one time. */
export function fixTimes(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) fixTimes(path);
    else lutimesSync(path, SINCE, SINCE);
  }
  lutimesSync(folder, SINCE, SINCE);
}
