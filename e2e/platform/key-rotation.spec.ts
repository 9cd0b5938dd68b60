import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { users, type ServiceName } from '@courtside/contracts';
import { AssertionMint, signingKey, type PublicJwk } from '@courtside/identity';
import { fixed, metadataKeys, systemClock, type Environment } from '@courtside/service';
import { aUser, eventually, jwkPair, type TestPlatform } from '@courtside/testing';
import { call, GOOD_PASSWORD, aName } from '../api.js';
import { anAuthPlatform, urlOf } from './apps.js';

const apps = ['gateway', 'auth', 'users'] as const satisfies readonly ServiceName[];
const CLIENTS = 3;

/** Keys as they are mounted: files that are replaced as a whole. */
class MountedKeys {
  readonly directory = mkdtempSync(join(tmpdir(), 'keys-'));

  file(name: string): string {
    return join(this.directory, `${name}.json`);
  }

  write(name: string, value: object): void {
    const draft = this.file(`${name}.draft`);
    writeFileSync(draft, JSON.stringify(value));
    renameSync(draft, this.file(name));
  }

  jwks(name: string, keys: readonly PublicJwk[]): void {
    this.write(name, { keys });
  }

  environmentOf(app: ServiceName): Environment {
    const settings = {
      SERVICE_KEY: `service-${app}`,
      SERVICE_JWKS: 'service-jwks',
      TOKEN_KEYS: 'token-keys',
      TOKEN_JWKS: 'token-jwks',
    };
    return Object.fromEntries(
      Object.entries(settings).flatMap(([setting, name]) => [
        [setting, ''],
        [`${setting}_FILE`, this.file(name)],
      ]),
    );
  }
}

/** Clients that sign in, read and write one after the other, and keep what was not answered 2xx. */
class Load {
  readonly refused: string[] = [];
  answered = 0;
  private isOver = false;
  private readonly turns: number[] = [];
  private readonly clients: Promise<void>[];

  constructor(private readonly at: string) {
    this.clients = Array.from({ length: CLIENTS }, (_, client) => this.run(client));
  }

  /** Everything that was under way when this was called is answered. */
  async turn(): Promise<void> {
    const before = [...this.turns];
    await eventually(
      'each client to start and end a turn',
      () => this.turns.every((turns, client) => turns >= (before[client] ?? 0) + 2),
      30_000,
    );
  }

  async end(): Promise<void> {
    this.isOver = true;
    await Promise.all(this.clients);
  }

  private async run(client: number): Promise<void> {
    this.turns[client] = 0;
    const username = aName();
    const account = { username, password: GOOD_PASSWORD };
    const { id } = await this.ask<{ id: string }>('POST /api/v1/users', { body: account });
    while (!this.isOver) {
      const { access_token: token } = await this.ask<{ access_token: string }>(
        'POST /api/v1/login',
        { body: account },
      );
      await this.ask('GET /api/v1/users/me', { token });
      const body = { displayName: `turn ${this.turns[client]}` };
      await this.ask(`PATCH /api/v1/users/${id}`, { token, body });
      this.turns[client] = (this.turns[client] ?? 0) + 1;
    }
  }

  private async ask<T>(operation: string, options: { token?: string; body?: object }): Promise<T> {
    const answer = await call<T>(operation, { at: this.at, ...options });
    if (answer.status < 300) this.answered += 1;
    else this.refused.push(`${operation}: ${answer.text}`);
    return answer.body;
  }
}

const keys = new MountedKeys();
const tokens = [1, 2].map((number) => jwkPair(`token.${number}`));
const services = [1, 2].map((number) => apps.map((app) => jwkPair(`${app}.${number}`)));
const openOf = (pairs: readonly { open: PublicJwk }[] = []) => pairs.map(({ open }) => open);

let platform: TestPlatform;
let load: Load;
let url = '';

beforeAll(async () => {
  keys.jwks('token-keys', [tokens[0]!.secret]);
  keys.jwks('token-jwks', [tokens[0]!.open]);
  keys.jwks('service-jwks', openOf(services[0]));
  apps.forEach((app, index) => keys.write(`service-${app}`, services[0]![index]!.secret));
  platform = await anAuthPlatform(
    Object.fromEntries(apps.map((app) => [app, keys.environmentOf(app)])),
  );
  url = urlOf(platform);
}, 60_000);
beforeEach(() => void (load = new Load(url)));
afterEach(() => load.end());
afterAll(async () => {
  await platform?.close();
  rmSync(keys.directory, { recursive: true, force: true });
});

/** Replaces a mounted file, and waits until every app that reads it says that it has the new one. */
async function rotate(setting: string, readers: readonly ServiceName[], write: () => void) {
  const since = platform.logLines.length;
  write();
  const have = () =>
    readers.every((app) =>
      platform.logLines
        .slice(since)
        .map((line) => JSON.parse(line) as Record<string, unknown>)
        .some(
          (line) =>
            line['service'] === app &&
            line['setting'] === setting &&
            line['msg'] === 'a mounted setting has changed',
        ),
    );
  await eventually(`${readers.join(', ')} to have the new ${setting}`, have);
}

async function tokenOf(username: string): Promise<string> {
  const body = { username, password: 'a' };
  return String((await call('POST /api/v1/login', { at: url, body })).body['access_token']);
}
const kidOf = (token: string): unknown =>
  JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString())['kid'];
const statusOf = async (token: string) =>
  (await call('GET /api/v1/users/me', { at: url, token })).status;

describe('keys that are replaced while requests run', () => {
  it('[1.3] of tokens: no valid token is refused, and one of a retired key is', async () => {
    const old = await tokenOf('user');
    expect(kidOf(old)).toBe('token.1');
    await load.turn();
    await rotate('TOKEN_JWKS', ['gateway'], () => keys.jwks('token-jwks', openOf(tokens)));
    const published = await call<{ keys: PublicJwk[] }>('GET /.well-known/jwks.json', { at: url });
    expect(published.body.keys.map(({ kid }) => kid)).toEqual(['token.1', 'token.2']);
    await rotate('TOKEN_KEYS', ['auth'], () =>
      keys.jwks('token-keys', [tokens[1]!.secret, tokens[0]!.secret]),
    );
    expect(kidOf(await tokenOf('user'))).toBe('token.2');
    expect(await statusOf(old)).toBe(200);
    // A token lives for a while: the key it was signed with goes when the last of them is over.
    await load.turn();
    await rotate('TOKEN_JWKS', ['gateway'], () => keys.jwks('token-jwks', [tokens[1]!.open]));
    expect(await statusOf(old)).toBe(401);
    await load.turn();
    await load.end();
    expect(load.refused).toEqual([]);
    expect(load.answered).toBeGreaterThan(CLIENTS * 10);
  }, 60_000);

  it('[1.3] of services: no message is refused, and one that a retired key signed is', async () => {
    const [before, after] = services;
    await load.turn();
    await rotate('SERVICE_JWKS', ['auth', 'users'], () =>
      keys.jwks('service-jwks', [...openOf(before), ...openOf(after)]),
    );
    for (const [index, app] of apps.entries()) {
      await rotate('SERVICE_KEY', [app], () => keys.write(`service-${app}`, after![index]!.secret));
      await load.turn();
    }
    expect(await withOldKey()).toBe('answered');
    await rotate('SERVICE_JWKS', ['auth', 'users'], () => keys.jwks('service-jwks', openOf(after)));
    expect(await withOldKey()).toBe('access.unproven');
    await load.turn();
    await load.end();
    expect(load.refused).toEqual([]);
    expect(load.answered).toBeGreaterThan(CLIENTS * 10);
  }, 60_000);
});

/** What users says to somebody who still holds the first key of the gateway. */
async function withOldKey(): Promise<string> {
  const key = fixed(signingKey(JSON.stringify(services[0]![0]!.secret)));
  const somebody = aUser({ roles: ['admin'] });
  const assertion = new AssertionMint(key, systemClock).mint(somebody, 'users');
  return platform.asker.client
    .requestRaw(users.list.name, '{}', {
      target: 'users',
      metadata: { [metadataKeys.assertion]: assertion },
    })
    .then(
      () => 'answered',
      (error: { error: { code: string } }) => error.error.code,
    );
}
