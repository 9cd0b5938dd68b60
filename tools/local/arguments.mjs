/** The command line of the launcher. */

export const usage = `Courtside on this machine.

  npm start                 install what is missing, start everything, print the addresses
  npm run stop              stop what npm start left running
  npm run reset             stop, and remove the data of this state
  npm run doctor            what is used, what is missing, and how to mend it

Options (through npm they come after two dashes: npm start -- --port 9000)
  --port N      the port of the gateway (8001, or PORT)
  --state DIR   where data, keys and ports are kept (.courtside); one DIR, one instance
  --split       one process per app instead of one for all
  --memory      no Redis: messages stay inside the one process
  --no-seed     no demo accounts and no demo catalogue
  --help        this text

From the environment, or from a file .env with one KEY=VALUE per line:
  DATABASE_URL  an administrator's address of a PostgreSQL 15+; then none is started
  REDIS_URL     a Redis or Valkey 7.0+; then none is started
  APPS          the apps to start, by name and comma: APPS=gateway,users
  Every other variable reaches the apps as it is: LOG_LEVEL, JWT_TTL, PROTECTED_USERS, …`;

const commands = ['start', 'stop', 'reset', 'doctor'];
const switches = {
  '--split': 'split',
  '--memory': 'memory',
  '--no-seed': 'noSeed',
  '--help': 'help',
};
const valued = { '--port': 'port', '--state': 'state' };
const PORT_MAX = 65_535;
const GATEWAY_PORT = 8001;

/** A command line that cannot be meant: one sentence, exit code 2. */
export class UsageError extends Error {}

/** Text → a port, or a sentence about `origin`. */
export function portFrom(text, origin) {
  const port = Number(text);
  if (/^\d+$/.test(text) && port >= 1 && port <= PORT_MAX) return port;
  throw new UsageError(`${origin} wants a number from 1 to ${PORT_MAX}, not "${text}".`);
}

/** Where the gateway listens: --port, else PORT, else the port every document names. */
export function gatewayPort(options, env) {
  return options.port ?? (env.PORT ? portFrom(env.PORT, 'PORT') : GATEWAY_PORT);
}

/** npm takes options that stand before the two dashes for its own and drops them. */
function refuseWhatNpmKept(env) {
  const kept = ['port', 'state', 'split', 'memory'].find((name) => `npm_config_${name}` in env);
  const name = kept ?? ('npm_config_seed' in env ? 'no-seed' : undefined);
  if (!name) return;
  throw new UsageError(
    `npm kept --${name} for itself: options come after two dashes, as in \`npm start -- --${name}${valued[`--${name}`] ? ' …' : ''}\`.`,
  );
}

function refuseUnknown(word) {
  const known = [...Object.keys(valued), ...Object.keys(switches)].join(', ');
  throw new UsageError(
    word.startsWith('-')
      ? `There is no option ${word}; there are ${known}.`
      : `There is no command "${word}"; there are ${commands.join(', ')}.`,
  );
}

function refuseContradictions(given) {
  if (given.split && given.memory) {
    throw new UsageError(
      '--split and --memory exclude each other: processes can only talk over a Redis.',
    );
  }
  const only = ['split', 'memory', 'noSeed', 'port'].find((name) => given[name] !== undefined);
  if (given.command === 'start' || given.help || !only) return;
  const option = only === 'noSeed' ? 'no-seed' : only;
  throw new UsageError(`--${option} belongs to start; ${given.command} takes --state only.`);
}

function valueOf(option, inline, words) {
  const value = inline ?? words.shift();
  if (value && (inline !== undefined || !value.startsWith('--'))) return value;
  throw new UsageError(
    `${option} wants a value: ${option} ${option === '--port' ? '9000' : 'DIR'}.`,
  );
}

/**
 * @param {string[]} argv
 * @param {NodeJS.ProcessEnv} env
 * @returns {{ command: string, port?: number, state?: string, split?: true, memory?: true,
 *   noSeed?: true, help?: true }}
 */
export function parseArguments(argv, env) {
  refuseWhatNpmKept(env);
  const words = [...argv];
  const given = { command: commands.includes(words[0]) ? words.shift() : 'start' };
  while (words.length > 0) {
    const word = words.shift();
    const [, option, inline] = /^(--[^=]+)=(.*)$/s.exec(word) ?? [undefined, word, undefined];
    if (valued[option]) given[valued[option]] = valueOf(option, inline, words);
    else if (switches[word]) given[switches[word]] = true;
    else refuseUnknown(word);
  }
  if (given.port !== undefined) given.port = portFrom(given.port, '--port');
  refuseContradictions(given);
  return given;
}
