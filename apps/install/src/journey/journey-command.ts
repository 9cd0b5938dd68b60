import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Failed, Misused, optionsOf, secondsIn, telling, type Command } from '../command.js';
import { stepsOf } from './steps.js';
import { Traces, walk } from './walk.js';

const help = `Usage: install journey --url URL [--admin DIRECTORY] [--wait SECONDS]

Walks through a running platform as people do, by its address alone: the first administrator offers a
product, a new customer buys and cancels, and what is forbidden is refused. Then it deletes what it made,
also when a step failed. It may run at any time, and beside itself.

  --url URL           where the platform is, such as http://courtside-gateway:8080
  --admin DIRECTORY   the files username and password of the first administrator
                      (default: /etc/courtside/first-admin); who changes the password at the
                      platform changes it there too
  --wait SECONDS      how long the platform may take to come up (default: 120)

Ends with 1 where a step failed, and says what was expected and what came.`;

export const journeyCommand: Command = {
  does: 'walks through a running platform as people do',
  help,
  async run(args, { output }) {
    const options = optionsOf(args, {
      url: {},
      admin: { fallback: '/etc/courtside/first-admin' },
      wait: { fallback: '120' },
    });
    const deadlineMs = secondsIn('wait', options.wait);
    const url = origin(options.url);
    const admin = {
      username: fileIn(options.admin, 'username'),
      password: fileIn(options.admin, 'password'),
    };
    const since = performance.now();
    const traces = new Traces();
    const patience = { deadlineMs, tell: telling(output) };
    const count = await walk(stepsOf({ url, admin, patience, traces }), traces, output);
    const seconds = ((performance.now() - since) / 1_000).toFixed(1);
    output.say(`${count} steps passed in ${seconds} s`);
  },
};

function origin(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && /^https?:$/.test(url.protocol)) return url.origin;
  throw new Misused(`--url must be like https://sports.example, not ${text}`);
}

function fileIn(directory: string, name: string): string {
  try {
    return readFileSync(join(directory, name), 'utf8').trim();
  } catch (error) {
    throw new Failed(`the first administrator is not known: ${(error as Error).message}`);
  }
}
