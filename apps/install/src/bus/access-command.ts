import { readFileSync } from 'node:fs';
import { TransportError, widenAccess } from '@courtside/transport';
import { Failed, Misused, optionsOf, secondsIn, type Command } from '../command.js';
import { passwordIn } from '../secrets/password-folder.js';
import { administratorUrl } from './administrator.js';

const help = `Usage: install access --bus URL --installed FILE --list FILE [--passwords DIRECTORY] [--wait SECONDS]

Gives the users of a running Redis what the access list of a new release adds. What the installed list
gave stays until Redis starts with the new one, or until the upgrade after: pods of both releases work.

  --bus URL               redis://HOST:PORT of the bundled Redis, without a user
  --installed FILE        the access list it was started with; where there is none, nothing is done
  --list FILE             the access list of the new release
  --passwords DIRECTORY   a file for each password that a list names, such as REDIS_PASSWORD_USERS, and
                          REDIS_PASSWORD_ADMIN of the user admin (default: /etc/courtside/passwords)
  --wait SECONDS          how long Redis may take to answer (default: 30)`;

export const accessCommand: Command = {
  does: 'gives the users of a running Redis what a new release needs',
  help,
  async run(args, { output }) {
    const options = optionsOf(args, {
      bus: {},
      installed: {},
      list: {},
      passwords: { fallback: '/etc/courtside/passwords' },
      wait: { fallback: '30' },
    });
    const connectMs = secondsIn('wait', options.wait);
    if (!/^rediss?:\/\/[^/@]+$/.test(options.bus)) {
      throw new Misused('--bus must be like redis://host:6379, without a user');
    }
    const installed = textOf(options.installed);
    if (installed === undefined) {
      return output.say('no access list is installed: Redis reads the new one when it starts');
    }
    const next = textOf(options.list);
    if (next === undefined) throw new Misused(`there is no access list ${options.list}`);
    const users = await widened(options.bus, options.passwords, { installed, next, connectMs });
    output.say(users.length === 0 ? 'the access list is the same' : `widened: ${users.join(', ')}`);
  },
};

interface Lists {
  readonly installed: string;
  readonly next: string;
  readonly connectMs: number;
}

/** @throws Failed naming what is missing, or what Redis refused. */
async function widened(bus: string, passwords: string, lists: Lists): Promise<string[]> {
  try {
    const passwordOf = (key: string) => passwordIn(passwords, key);
    return await widenAccess({ ...lists, url: administratorUrl(bus, passwords), passwordOf });
  } catch (error) {
    if (error instanceof TransportError || isNotFound(error)) {
      throw new Failed(error.message, { cause: error });
    }
    throw error;
  }
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

const isNotFound = (error: unknown): error is Error =>
  (error as NodeJS.ErrnoException).code === 'ENOENT';
