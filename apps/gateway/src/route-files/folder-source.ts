import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Trouble, type Logger } from '@courtside/service';
import type { RouteFile } from '../routes/build-routes.js';
import { isRouteFile, type RouteSource, type TakeFiles, type Verdict } from './route-source.js';
import { watchFolder } from './watch-folder.js';

/** Route files of a folder. */
export class FolderSource implements RouteSource {
  readonly #trouble: Trouble;
  #stopWatching: () => void = () => undefined;

  constructor(
    private readonly folder: string,
    logger: Logger,
  ) {
    const what = 'the route files cannot be read: the old routes stay';
    this.#trouble = new Trouble(logger, what, () => undefined);
  }

  async start(take: TakeFiles): Promise<Verdict> {
    const verdict = take(await readRouteFiles(this.folder));
    this.#stopWatching = watchFolder(this.folder, () => this.#look(take));
    return verdict;
  }

  async stop(): Promise<void> {
    this.#stopWatching();
  }

  async #look(take: TakeFiles): Promise<void> {
    try {
      take(await readRouteFiles(this.folder));
      this.#trouble.over();
    } catch (error) {
      this.#trouble.met(error);
    }
  }
}

/** Every `*.yaml` file of the folder, in the order of their names. */
async function readRouteFiles(folder: string): Promise<RouteFile[]> {
  const names = (await readdir(folder)).filter(isRouteFile).sort();
  if (names.length === 0) throw new Error(`there is no route table (*.yaml) in ${folder}`);
  return Promise.all(
    names.map(async (name) => ({ file: name, text: await readFile(join(folder, name), 'utf8') })),
  );
}
