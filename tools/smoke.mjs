/** `npm run smoke`: walks through a running platform by the Postman collection. */
import { Misused, settingsOf } from './smoke/arguments.mjs';
import { Run } from './smoke/run.mjs';

const HELP = `npm run smoke -- --url URL [--admin-username NAME --admin-password-file FILE] [--insecure-ca FILE]

Runs the Postman collection against the platform at URL by newman: somebody signs up and signs in, buys and
cancels, is refused what is forbidden, signs out. Then it deletes what it made, also where a step failed.
It may run at any time, and beside itself.

  --url URL                   where the platform is: https://sports.example.org
  --admin-username NAME       who puts a product on sale; without one, nothing is bought
  --admin-password-file FILE  the password of that administrator, a line
  --insecure-ca FILE          certificates of an authority that nobody else trusts (PEM)
  --operations                also every operation of the API once; makes products that stay, and needs
                              an administrator
  --within SECONDS            how long all of it may take (default: 120, with --operations 300)

Ends with 0 when all passed, 1 when a step failed, 2 when it was called wrongly.`;

/** Folders of the collection. */
const ARRIVING = ['Sign up and sign in'];
const BUYING = ['Sell, buy and cancel'];
const REST = ['What is refused', 'Sign out'];
const OPERATIONS = ['Every operation'];
const CLEANING = ['Clean up'];

/** What was made is deleted, however late it is, milliseconds. */
const CLEANED_WITHIN_MS = 30_000;

const foldersFor = ({ admin, withOperations }) => [
  ...ARRIVING,
  ...(admin ? BUYING : []),
  ...REST,
  ...(withOperations ? OPERATIONS : []),
];

async function smoke(settings) {
  const since = performance.now();
  if (!settings.admin) console.log('no administrator is given: nothing is sold and bought');
  const run = new Run(settings, console.log);
  const walked = await run.folders(foldersFor(settings), settings.withinMs);
  const cleaned = await run.folders(CLEANING, CLEANED_WITHIN_MS);
  const steps = walked.steps + cleaned.steps;
  const failures = [...walked.failures, ...cleaned.failures];
  const seconds = ((performance.now() - since) / 1_000).toFixed(1);
  if (failures.length === 0) {
    console.log(`${steps} steps passed in ${seconds} s`);
    return 0;
  }
  console.error(`failed after ${steps} steps and ${seconds} s:\n${failures.join('\n')}`);
  return 1;
}

async function main(given) {
  if (given.includes('--help')) {
    console.log(HELP);
    return 0;
  }
  try {
    return await smoke(settingsOf(given));
  } catch (error) {
    if (!(error instanceof Misused)) throw error;
    console.error(`${error.message}\n\n${HELP}`);
    return 2;
  }
}

process.exit(await main(process.argv.slice(2)));
