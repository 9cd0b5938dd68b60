import { readFileSync } from 'node:fs';
import { builtInControllers } from './built-in-controllers.js';
import { buildRoutes, type BuiltRoutes } from './routes/build-routes.js';
import { decoratedRoutes } from './routes/route.decorator.js';

export const CHECK_HELP = `Usage: gateway check FILE...

Checks route files without starting anything: their YAML, their keys, the messages and fields they
name, their access, and whether every route can match. All files are taken as served together.

Ends with 0 when all is well, 1 when there are faults (each as file:line:column and a sentence),
2 when a file cannot be read or nothing was asked.`;

interface Output {
  out(line: string): void;
  err(line: string): void;
}

/** The routes of these files beside the gateway's own. @throws when a file cannot be read. */
export function routesOfFiles(files: readonly string[]): BuiltRoutes {
  const texts = files.map((file) => ({ file, text: readFileSync(file, 'utf8') }));
  return buildRoutes(
    texts,
    builtInControllers.flatMap((controller) => decoratedRoutes(controller)),
  );
}

/** The command; gives its exit code. */
export function checkCommand(given: readonly string[], { out, err }: Output): number {
  const files = given[0] === 'check' ? given.slice(1) : given;
  if (files.includes('--help') || files.includes('-h')) {
    out(CHECK_HELP);
    return 0;
  }
  const unknown = files.find((file) => file.startsWith('-'));
  if (files.length === 0 || unknown !== undefined) {
    err(unknown === undefined ? CHECK_HELP : `there is no option ${unknown}\n\n${CHECK_HELP}`);
    return 2;
  }
  try {
    const { faults, routes, tables } = routesOfFiles(files);
    for (const { file, line, column, message } of faults)
      out(`${file}:${line}:${column} ${message}`);
    if (faults.length > 0) return 1;
    const revisions = tables.map(({ name, revision }) => `${name} ${revision}`).join(', ');
    out(`${routes.length} routes, nothing wrong (${revisions})`);
    return 0;
  } catch (error) {
    err((error as Error).message);
    return 2;
  }
}
