import { inspect } from 'node:util';
import { SetupError, type Environment, type Output } from '@courtside/service';
import { Failed, Misused, type Command } from './command.js';

/** Each is loaded when it is asked for: none pays for what another one needs. */
const commands: Readonly<Record<string, () => Promise<Command>>> = {
  secrets: async () => (await import('./secrets/secrets-command.js')).secretsCommand,
  database: async () => (await import('./database/database-command.js')).databaseCommand,
  access: async () => (await import('./bus/access-command.js')).accessCommand,
  backup: async () => (await import('./backup/backup-command.js')).backupCommand,
  backups: async () => (await import('./backup/backups-command.js')).backupsCommand,
  restore: async () => (await import('./restore/restore-command.js')).restoreCommand,
  restored: async () => (await import('./restore/restored-command.js')).restoredCommand,
  journey: async () => (await import('./journey/journey-command.js')).journeyCommand,
};

async function help(): Promise<string> {
  const lines = await Promise.all(
    Object.entries(commands).map(async ([name, load]) => {
      return `  ${name.padEnd(10)}${(await load()).does}`;
    }),
  );
  return `Usage: install COMMAND [--help | options]

What an installation of Courtside needs around its apps; charts run it as jobs.

${lines.join('\n')}

Ends with 0 when it is done, 1 when it failed, 2 for wrong input. Each may be run again at any time.`;
}

/** Runs the program. @returns its exit code. */
export async function install(
  args: readonly string[],
  environment: Environment,
  output: Output,
): Promise<0 | 1 | 2> {
  const [name = '', ...rest] = args;
  if (['--help', '-h'].includes(name)) {
    output.say(await help());
    return 0;
  }
  const command = Object.hasOwn(commands, name) ? await commands[name]?.() : undefined;
  if (!command) {
    output.complain(
      `${name === '' ? 'no command was given' : `there is no ${name}`}\n\n${await help()}`,
    );
    return 2;
  }
  if (rest.includes('--help') || rest.includes('-h')) {
    output.say(command.help);
    return 0;
  }
  try {
    await command.run(rest, { environment, output });
    return 0;
  } catch (error) {
    if (error instanceof Misused) {
      output.complain(`${error.message}\n\n${command.help}`);
      return 2;
    }
    const isPlain = error instanceof Failed || error instanceof SetupError;
    output.complain(isPlain ? error.message : inspect(error));
    return 1;
  }
}
