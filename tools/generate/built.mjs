/** What the build made, by package: `built('apps/users', 'app')`. */
import { readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

export const built = (folder, file = 'index') =>
  import(pathToFileURL(resolve(folder, 'dist', `${file}.js`)).href);

export const appNames = () =>
  readdirSync('apps', { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
