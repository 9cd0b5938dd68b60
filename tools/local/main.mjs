/** From a command line to an exit code. Imports nothing that npm has to install first. */
import { join } from 'node:path';
import { UsageError, parseArguments, usage } from './arguments.mjs';
import { diagnose } from './doctor.mjs';
import { withDotenv } from './dotenv.mjs';
import { reset, stop } from './halt.mjs';
import { root } from './install.mjs';
import { launch } from './launch.mjs';
import { makeProgress } from './progress.mjs';

const commands = { start: launch, stop, reset, doctor: diagnose };

/** A mistake of the program, unlike a fault of its surroundings, is shown with its place. */
const isMistake = (error) => error instanceof TypeError || error instanceof ReferenceError;

/**
 * @param {string[]} argv
 * @param {{ entry: string, prepare: (progress: object) => Promise<void> }} [replaced] for specs
 * @returns {Promise<number>} the exit code
 */
export async function main(argv, replaced) {
  // A closed terminal or pipe takes the words, not the order in which things are stopped.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  try {
    const options = parseArguments(argv, process.env);
    if (options.help) {
      console.log(usage);
      return 0;
    }
    const env = withDotenv(join(root, '.env'), process.env);
    const progress = makeProgress(process.stdout);
    return await commands[options.command](options, { env, progress }, replaced);
  } catch (error) {
    console.error(isMistake(error) ? error : error.message);
    return error instanceof UsageError ? 2 : 1;
  }
}
