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
 * An esbuild plugin. What a dependency would like to load and nobody installed stays an import that
 * fails when it is reached, as it does without a bundle: NestJS and TypeORM know a dozen brokers and
 * databases. Native code and packages whose files are read at run time stay outside, and are copied
 * beside the bundle.
 * @param {Map<string, string>} outside filled with the folder of each package that stays outside
 * @param {string[]} readAtRunTime names of packages whose files are read at run time
 */
export const imports = (outside, readAtRunTime) => ({
  name: 'imports',
  setup(build) {
    build.onResolve(
      { filter: /^[^./]/ },
      async ({ path, importer, kind, resolveDir, pluginData }) => {
        if (pluginData === 'asked' || kind === 'entry-point') return undefined;
        const found = await build.resolve(path, {
          importer,
          kind,
          resolveDir,
          pluginData: 'asked',
        });
        if (found.errors.length > 0) {
          return importer.includes('node_modules') ? { path, external: true } : found;
        }
        if (found.external) return found;
        const isRead = readAtRunTime.some((name) => path === name || path.startsWith(`${name}/`));
        if (!isRead && !found.path.endsWith('.node')) return found;
        const { name, folder } = packageOf(found.path);
        outside.set(name, folder);
        return { path, external: true };
      },
    );
  },
});
