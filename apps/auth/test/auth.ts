import {
  ACCESS_CHANGED,
  auth,
  eventType,
  type CloudEvent,
  type EventContract,
  type Input,
  type Message,
  type Output,
  type Tokens,
  type UserAccess,
} from '@courtside/contracts';
import { verificationKeys, verifyJws } from '@courtside/identity';
import { Bus, newId, type Environment, type UserIdentity } from '@courtside/service';
import { aPlatform, fakeService, type AskOptions, type TestPlatform } from '@courtside/testing';
import { Client } from 'pg';
import { app } from '../src/app.js';
import { anAccount, FakeUsersController } from './fake-users.js';

export const GOOD_PASSWORD = 'correct horse battery staple';

/** Auth on a real database and bus, beside a stand-in for users. */
export class AuthSpec {
  /** What every process was told about changed access. */
  readonly heard: string[] = [];

  constructor(readonly platform: TestPlatform) {}

  static async start(env: Environment = {}): Promise<AuthSpec> {
    const fakeUsers = fakeService('users', FakeUsersController);
    const platform = await aPlatform([app, fakeUsers], { env: { auth: env } });
    const spec = new AuthSpec(platform);
    await platform.asker.broker.onBroadcast(
      ACCESS_CHANGED,
      (text: string) => void spec.heard.push(text),
      () => undefined,
    );
    return spec;
  }

  /** Asks auth as the service users does. */
  asUsers<M extends Message>(message: M, input: Input<M>): Promise<Output<M>> {
    return this.usersBus.request(message, input as never);
  }

  /** Tells what users tells of an account. */
  async tell(contract: EventContract, userId: string): Promise<CloudEvent> {
    const event: CloudEvent = {
      specversion: '1.0',
      id: newId(),
      source: '/users',
      type: eventType(contract),
      subject: userId,
      time: new Date().toISOString(),
      datacontenttype: 'application/json',
      sequence: '1',
      data: { userId },
    };
    await this.tellAgain(contract, event);
    return event;
  }

  tellAgain({ name }: EventContract, event: CloudEvent): Promise<void> {
    return this.usersBus.publish(name, [event]);
  }

  /** Someone with an account and a password. */
  async aUser(password = GOOD_PASSWORD): Promise<UserAccess> {
    const account = anAccount();
    const { id: userId, username } = account;
    await this.asUsers(auth.setCredential, { userId, username, password });
    return account;
  }

  signIn(
    { username }: { username: string },
    password = GOOD_PASSWORD,
    options: AskOptions = {},
  ): Promise<Tokens> {
    return this.platform.ask(auth.createSession, { username, password }, options);
  }

  refresh(tokens: Tokens): Promise<Tokens> {
    const { refresh_token } = tokens;
    return this.platform.ask(auth.refreshSession, { refresh_token });
  }

  /** Header and claims of an access token, its signature verified with the public key. */
  claims({ access_token }: Tokens): Record<string, unknown> {
    const verified = verifyJws(
      'at+jwt',
      access_token,
      verificationKeys(this.platform.keys.tokenJwks),
    );
    if (!verified) throw new Error('the access token is not genuine');
    return { kid: verified.kid, ...verified.payload };
  }

  /** Who the gateway would say is asking with this token. */
  identityOf(tokens: Tokens, { roles, permissions }: UserAccess): UserIdentity {
    const { sub, sid } = this.claims(tokens);
    return {
      kind: 'user',
      userId: String(sub),
      sessionId: String(sid),
      roles,
      permissions,
    };
  }

  /** What the gateway learns about the session of a token. */
  check(tokens: Tokens): Promise<Output<typeof auth.checkSession>> {
    const sessionId = String(this.claims(tokens)['sid']);
    return this.platform.ask(auth.checkSession, { sessionId });
  }

  /** Looks at the tables, or makes time pass in them. */
  async query<T = Record<string, unknown>>(sql: string, values: unknown[] = []): Promise<T[]> {
    const client = new Client({ connectionString: this.platform.database.urlOf('auth') });
    await client.connect();
    try {
      return (await client.query(sql, values)).rows as T[];
    } finally {
      await client.end();
    }
  }

  private get usersBus(): Bus {
    return this.platform.running.get('users')!.context.get(Bus, { strict: false });
  }

  close(): Promise<void> {
    return this.platform.close();
  }
}
