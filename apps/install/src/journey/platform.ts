import { createCourtsideClient, ProblemError, type CourtsideClient } from '@courtside/client';
import { Unexpected } from './walk.js';

/** No answer may take longer, milliseconds. */
const ANSWER_MS_MAX = 15_000;

/** The platform as one visitor of it sees it. */
export class Visitor {
  token: string | undefined;
  readonly api: CourtsideClient;

  constructor(
    private readonly url: string,
    readonly username: string,
    private readonly password: string,
  ) {
    this.api = createCourtsideClient({
      baseUrl: url,
      token: () => this.token,
      fetch: (request) => fetch(request, { signal: AbortSignal.timeout(ANSWER_MS_MAX) }),
    });
  }

  /** @throws ProblemError when the password is not the right one. */
  async signIn(password = this.password): Promise<void> {
    const body = { username: this.username, password };
    const { data } = await this.api.POST('/api/v1/login', { body });
    this.token = made(data, 'no access token').access_token;
  }

  /** Somebody new gets an account. @returns its id. */
  async signUp(): Promise<string> {
    const body = { username: this.username, password: this.password };
    const { data } = await this.api.POST('/api/v1/users', { body });
    return made(data, 'no account').id;
  }

  /** @throws Unexpected saying which services are not up, Error when it cannot be reached. */
  async demandUp(): Promise<void> {
    const signal = AbortSignal.timeout(ANSWER_MS_MAX);
    const answer = await fetch(new URL('/smoke', this.url), { signal });
    if (answer.ok) return;
    const { services = {} } = (await answer.json().catch(() => ({}))) as Smoke;
    const down = Object.keys(services).filter((name) => !services[name]?.up);
    throw new Unexpected(down.length > 0 ? `${down.join(', ')} not up` : `a ${answer.status}`);
  }
}

interface Smoke {
  readonly services?: Readonly<Record<string, { readonly up: boolean }>>;
}

/** What an answer holds. @throws Unexpected when it holds nothing. */
export function made<T>(data: T | undefined, otherwise: string): T {
  if (data === undefined) throw new Unexpected(otherwise);
  return data;
}

/** Passes when the platform refuses with this status. */
export async function refused(status: number, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (error instanceof ProblemError && error.status === status) return;
    throw error;
  }
  throw new Unexpected('it was allowed');
}
