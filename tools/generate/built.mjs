/** What the build made, by package: `built('apps/users', 'app')`. */
import { existsSync, readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

export const built = (folder, file = 'index') =>
  import(pathToFileURL(resolve(folder, 'dist', `${file}.js`)).href);

/** The services; a program that only runs and ends is no app in this sense. */
export const appNames = () =>
  readdirSync('apps')
    .filter((name) => existsSync(`apps/${name}/src/app.ts`))
    .sort();
