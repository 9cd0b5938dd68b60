/** How imports are resolved that esbuild cannot put into one file of JavaScript. */
import { dirname, join } from 'node:path';
import { readFileSync } from 'node:fs';

/** The package that a file belongs to: its folder in node_modules or in the workspace. */
export function packageOf(path) {
  for (let folder = dirname(path); folder !== dirname(folder); folder = dirname(folder)) {
    const found = manifestIn(folder);
    // A package.json without a name only says how the files below it are to be read.
    if (found?.name && found.version) return { ...found, folder };
  }
  throw new Error(`${path} belongs to no package`);
}

function manifestIn(folder) {
  try {
    return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/**
 * What an app imports and its bundle does not hold.
 * @typedef {object} Outside
 * @property {Map<string, string>} packages folder of each package that is copied as it is, by its name
 * @property {Map<string, string>} lazy entry of each package that is loaded when it is needed, by the
 *   file it gets beside the bundle
 */

/**
 * An esbuild plugin. What a dependency would like to load and nobody installed stays an import that
 * fails when it is reached, as it does without a bundle: NestJS and TypeORM know a dozen brokers and
 * databases. Native code and packages whose files are read at run time stay outside. A package that our
 * code imports lazily has a file of its own: whoever does not need it neither reads nor keeps it.
 * @param {Outside} outside filled with what is met
 * @param {string[]} readAtRunTime names of packages whose files are read at run time
 */
export const imports = (outside, readAtRunTime) => ({
  name: 'imports',
  setup(build) {
    build.onResolve({ filter: /^[^./]/ }, async ({ path, pluginData, ...from }) => {
      if (pluginData === 'asked' || from.kind === 'entry-point') return undefined;
      const { importer, kind, resolveDir } = from;
      const found = await build.resolve(path, { importer, kind, resolveDir, pluginData: 'asked' });
      const isOurs = !importer.includes('node_modules');
      if (found.errors.length > 0) return isOurs ? found : { path, external: true };
      if (found.external) return found;
      const isRead = readAtRunTime.some((name) => path === name || path.startsWith(`${name}/`));
      const { name, folder, type } = packageOf(found.path);
      if (isRead || found.path.endsWith('.node')) {
        outside.packages.set(name, folder);
        return { path, external: true };
      }
      // CommonJS would lose its names on the way.
      const isPackage = found.path.includes('node_modules') && type === 'module';
      if (!isOurs || kind !== 'dynamic-import' || !isPackage) return found;
      const file = `lazy/${path.replace(/^@/, '').replaceAll('/', '-')}.js`;
      outside.lazy.set(file, found.path);
      return { path: `./${file}`, external: true };
    });
  },
});
