/** The reference of the transport, made of its doc comments; a public name without one is a fault. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Application } from 'typedoc';
import { load as markdown } from 'typedoc-plugin-markdown';

const LIBRARY = 'libs/transport';
const FOLDER = `${LIBRARY}/docs/generated/api`;

const options = {
  entryPoints: ['src/index.ts', 'src/conformance/conformance.ts'].map((path) =>
    join(LIBRARY, path),
  ),
  tsconfig: join(LIBRARY, 'tsconfig.json'),
  name: '@courtside/transport',
  readme: 'none',
  excludeInternal: true,
  excludePrivate: true,
  excludeProtected: true,
  // What Nest's base classes do is in Nest's own documentation.
  excludeExternals: true,
  // Places in the source would change with every commit.
  disableSources: true,
  disableGit: true,
  gitRevision: 'main',
  // Whether types agree is checked elsewhere.
  skipErrorChecking: true,
  validation: { notExported: true, invalidLink: true, notDocumented: true },
  treatWarningsAsErrors: true,
  treatValidationWarningsAsErrors: true,
  logLevel: 'Warn',
  plugin: [markdown],
  router: 'member',
  hideBreadcrumbs: true,
  hidePageHeader: true,
  useCodeBlocks: true,
  expandObjects: true,
  indexFormat: 'table',
  parametersFormat: 'table',
  interfacePropertiesFormat: 'table',
  classPropertiesFormat: 'table',
  typeAliasPropertiesFormat: 'table',
  typeDeclarationFormat: 'table',
  typeDeclarationVisibility: 'verbose',
  enumMembersFormat: 'table',
};

async function written(into) {
  const application = await Application.bootstrapWithPlugins(options, []);
  const project = await application.convert();
  if (project) application.validate(project);
  if (!project || application.logger.hasErrors() || application.logger.hasWarnings()) {
    throw new Error(`The public surface of ${LIBRARY} is not documented: see above.`);
  }
  application.options.setValue('outputs', [{ name: 'markdown', path: into }]);
  await application.generateOutputs(project);
}

const pagesIn = (folder) =>
  existsSync(folder)
    ? readdirSync(folder, { recursive: true })
        .map(String)
        .filter((path) => path.endsWith('.md'))
    : [];

/** A page for each public name; pages of names that are gone have no text. */
export async function files() {
  const folder = mkdtempSync(join(tmpdir(), 'reference-'));
  try {
    await written(folder);
    const pages = pagesIn(folder);
    const gone = pagesIn(FOLDER).filter((path) => !pages.includes(path));
    return [
      ...pages.map((path) => ({
        path: `${FOLDER}/${path}`,
        text: readFileSync(join(folder, path), 'utf8'),
      })),
      ...gone.map((path) => ({ path: `${FOLDER}/${path}`, text: undefined })),
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
