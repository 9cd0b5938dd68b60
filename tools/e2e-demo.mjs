/** `npm run e2e:demo`: the journeys of `e2e` against a demo that runs somewhere. */
import { runJest } from './local/jest-run.mjs';

const HELP = `DEMO_URL=https://demo.example.org npm run e2e:demo -- [any argument of jest]

Walks every journey of e2e/ through the door at DEMO_URL, and through nothing else. It has to be a demo
(global.demo of the chart, or npm start), since the journeys sign in as its two users; they make accounts
and products that stay.

  DEMO_URL             where it is
  NODE_EXTRA_CA_CERTS  certificates of an authority that nobody else trusts, a file (PEM)`;

/** The longest that the first answer may take, milliseconds. */
const ANSWER_MS_MAX = 15_000;

/** What stands in the way, before anything is made. */
async function faultOf(url) {
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    return `DEMO_URL must be like https://demo.example.org, not ${url}`;
  }
  try {
    const answer = await fetch(new URL('/api/login', url), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ username: 'user', password: 'a' }),
      redirect: 'manual',
      signal: AbortSignal.timeout(ANSWER_MS_MAX),
    });
    return answer.status === 200
      ? undefined
      : `${url} is no demo: its user cannot sign in (${answer.status})`;
  } catch (error) {
    return `${url} does not answer: ${error.cause?.message ?? error.message}`;
  }
}

async function main(given) {
  if (given.includes('--help')) {
    console.log(HELP);
    return 0;
  }
  const { DEMO_URL } = process.env;
  const fault = DEMO_URL ? await faultOf(DEMO_URL) : 'DEMO_URL is not set';
  if (fault) {
    console.error(`${fault}\n\n${HELP}`);
    return 2;
  }
  return runJest({
    results: 'demo-results.json',
    args: ['--ci', ...given, '--selectProjects', 'e2e'],
    env: { BASE_URL: new URL(DEMO_URL).origin },
  });
}

process.exit(await main(process.argv.slice(2)));
