import type { Environment } from '../config/load-config.js';
import { createLogger } from '../log/logger.js';
import { settingsOf, type AppDefinition } from './app-definition.js';
import type { Output } from './output.js';

/** What an app does besides running, each named by its one argument. */
interface Command {
  readonly does: string;
  run(environment: Environment, output: Output): Promise<void>;
}

function commandsOf(app: AppDefinition): Record<string, Command> {
  const check: Command = {
    does: 'reads the settings, says all that is wrong with them, and opens nothing',
    async run(environment, { say }) {
      settingsOf(app, environment);
      say(`the settings of ${app.name} are well`);
    },
  };
  const { migrate } = app;
  if (!migrate) return { check };
  return {
    migrate: {
      does: 'waits for its database, brings it up to date and ends',
      async run(environment) {
        const config = settingsOf(app, environment);
        const logger = createLogger({
          app: app.name,
          level: config.LOG_LEVEL,
          format: config.LOG_FORMAT,
        });
        await migrate(config as never, logger);
      },
    },
    check,
  };
}

function helpOf(app: AppDefinition, commands: Record<string, Command>): string {
  const lines = Object.entries(commands).map(([name, { does }]) => `  ${name.padEnd(11)}${does}`);
  return `Usage: node main.js [COMMAND]

Without a command it starts ${app.name} and runs until SIGTERM.

${lines.join('\n')}
  --help     this text

Settings are environment variables. Ends with 0 when all is well, 1 when not, 2 for a wrong command.`;
}

/**
 * Does what the arguments of an app ask for instead of starting it.
 * @returns the exit code.
 * @throws what went wrong, for whoever says it to a person.
 */
export async function runCommand(
  app: AppDefinition,
  args: readonly string[],
  environment: Environment,
  output: Output,
): Promise<0 | 2> {
  const commands = commandsOf(app);
  const [name = '', ...rest] = args;
  if (args.includes('--help') || args.includes('-h')) {
    output.say(helpOf(app, commands));
    return 0;
  }
  if (rest.length > 0 || !Object.hasOwn(commands, name)) {
    const fault = rest.length > 0 ? `${name} takes no arguments` : `${app.name} has no ${name}`;
    output.complain(`${fault}\n\n${helpOf(app, commands)}`);
    return 2;
  }
  await commands[name]?.run(environment, output);
  return 0;
}
