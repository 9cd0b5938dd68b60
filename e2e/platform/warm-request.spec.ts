import { randomBytes } from 'node:crypto';
import type { TestPlatform } from '@courtside/testing';
import { call } from '../api.js';
import { anAuthPlatform, urlOf } from './apps.js';

let platform: TestPlatform;
beforeAll(async () => (platform = await anAuthPlatform()), 60_000);
afterAll(() => platform?.close());

interface Handled {
  readonly msg: string;
  readonly message: string;
  readonly traceId: string;
}

/** The messages that services handled since, as they wrote it down themselves. */
const handledSince = (line: number): Handled[] =>
  platform.logLines
    .slice(line)
    .map((text) => JSON.parse(text) as Handled)
    .filter(({ msg }) => msg === 'handled a message');

async function signedIn(): Promise<string> {
  const body = { username: 'user', password: 'a' };
  const answer = await call('POST /api/v1/login', { at: urlOf(platform), body });
  return String(answer.body['access_token']);
}

describe('a request', () => {
  it('[1.23] asks auth nothing once its session is known: its trace holds one message, to its service', async () => {
    const token = await signedIn();
    const read = async () => {
      const since = platform.logLines.length;
      const trace = randomBytes(16).toString('hex');
      const traceparent = `00-${trace}-${randomBytes(8).toString('hex')}-01`;
      const options = { at: urlOf(platform), token, headers: { traceparent } };
      expect((await call('GET /api/v1/users/me', options)).status).toBe(200);
      const handled = handledSince(since);
      const own = handled.filter(({ traceId }) => traceId === trace);
      return { all: handled.map(({ message }) => message), own: own.map(({ message }) => message) };
    };
    // The question about a session is of all who wait for it, so it has a trace of its own.
    expect((await read()).all).toContain('auth.check-session');
    for (let count = 0; count < 5; count += 1) {
      const { all, own } = await read();
      expect(own).toEqual(['users.read']);
      expect(all).not.toContain('auth.check-session');
    }
  });
});
