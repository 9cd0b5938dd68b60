import { auth, users, type Tokens, type User } from '@courtside/contracts';
import {
  anAdmin,
  aPlatform,
  CrashableApp,
  type AskOptions,
  type TestPlatform,
} from '@courtside/testing';
import { Client } from 'pg';
import { REMEMBER_EVENTS } from '../remember-events.js';

export const PASSWORD = 'correct horse battery staple';
/** A client that gives up waits no longer than this for one answer, milliseconds. */
const PATIENCE_MS = 1_000;

const admin = anAdmin();

/** Users and auth, built and each in a process of its own, on a real database and bus. */
export class World {
  private constructor(
    readonly platform: TestPlatform,
    readonly users: CrashableApp,
    readonly auth: CrashableApp,
    private readonly observer: Client,
  ) {}

  static async start(): Promise<World> {
    const platform = await aPlatform([]);
    const quiet = { LOG_LEVEL: 'error', SIGN_UP_SWEEP_MS: '500' };
    const apps = (['users', 'auth'] as const).map(
      (name) => new CrashableApp(name, { ...platform.environmentOf(name), ...quiet }),
    ) as [CrashableApp, CrashableApp];
    await Promise.all(apps.map((app) => app.untilUp()));
    // Sees both schemas, as nobody else does.
    const observer = new Client({ connectionString: platform.database.adminUrl });
    await observer.connect();
    await observer.query(`SET search_path = users; ${REMEMBER_EVENTS}`);
    return new World(platform, ...apps, observer);
  }

  async query<T>(sql: string, values: unknown[] = []): Promise<T[]> {
    return (await this.observer.query(sql, values)).rows as T[];
  }

  create(username: string, key: string): Promise<User> {
    const input = { username, password: PASSWORD };
    return this.platform.ask(users.create, input, asked(key));
  }

  delete(id: string, key: string): Promise<null> {
    return this.platform.ask(users.delete, { id }, { ...asked(key), as: admin });
  }

  signIn(username: string): Promise<Tokens> {
    return this.platform.ask(auth.createSession, { username, password: PASSWORD }, asked());
  }

  /** @returns whether both ended in good order. */
  async close(): Promise<boolean> {
    const ends = await Promise.all([this.users.close(), this.auth.close()]);
    await this.observer.end();
    await this.platform.close();
    return ends.every(Boolean);
  }
}

const asked = (key?: string): AskOptions => ({
  deadlineMs: PATIENCE_MS,
  ...(key !== undefined && { metadata: { 'idempotency-key': key } }),
});
