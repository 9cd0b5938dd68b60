import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Environment } from '@courtside/service';
import { signingKeys, signJws, type SigningKey } from '@courtside/identity';
import { newId, type AppDefinition, type UserIdentity } from '@courtside/service';
import { aPlatform, aUser, type TestPlatform } from '@courtside/testing';
import { app } from '../src/app.js';
import { fakeServices, sessions } from './fake-services.js';

const SECOND_MS = 1_000;

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The parsed body; an empty object when there is none. */
  readonly body: Record<string, unknown>;
}

interface Call {
  readonly token?: string;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

/** A gateway with stand-ins for the services behind it. */
export class TestGateway {
  constructor(
    readonly platform: TestPlatform,
    readonly url: string,
    readonly routesDir: string,
  ) {}

  /** Calls an operation: `call('POST /api/orders', { token, body })`. */
  async call(operation: string, { token, body, headers = {} }: Call = {}): Promise<Answer> {
    const [method = 'GET', path = '/'] = operation.split(' ');
    const isText = typeof body === 'string';
    const response = await fetch(this.url + path, {
      method,
      headers: {
        ...(token && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: isText ? body : JSON.stringify(body) }),
      redirect: 'manual',
    });
    const text = await response.text();
    const isJson = /[/+]json/.test(response.headers.get('content-type') ?? '');
    const parsed = (isJson && text ? JSON.parse(text) : {}) as Record<string, unknown>;
    return { status: response.status, headers: response.headers, text, body: parsed };
  }

  get tokenKey(): SigningKey {
    return signingKeys(this.platform.keys.tokenKeys)[0];
  }

  /** A token that auth would give, with its session known there. */
  signIn(user: UserIdentity = aUser(), claims: Record<string, unknown> = {}): string {
    const { userId, sessionId, roles, permissions } = user;
    sessions.set(sessionId, {
      userId,
      sessionId,
      roles: [...roles],
      permissions: [...permissions],
    });
    return signJws('at+jwt', { ...claimsOf(user), ...claims }, this.tokenKey);
  }

  /** Replaces a route file. */
  async write(text: string, name = 'public.yaml'): Promise<void> {
    await writeFile(join(this.routesDir, name), text);
  }

  async close(): Promise<void> {
    await this.platform.close();
    await rm(this.routesDir, { recursive: true, force: true });
  }
}

/** What auth writes into a token. */
export function claimsOf({ userId, sessionId }: UserIdentity): Record<string, unknown> {
  const now = Math.floor(Date.now() / SECOND_MS);
  return {
    iss: 'courtside',
    aud: 'courtside',
    sub: userId,
    sid: sessionId,
    jti: newId(),
    iat: now,
    exp: now + 600,
  };
}

interface Given {
  /** The route tables by file name; the real ones when not given. */
  readonly routes?: Readonly<Record<string, string>>;
  readonly env?: Environment;
  readonly app?: AppDefinition;
}

/** Starts a gateway. `apps` replaces it, for specs that add controllers of their own. */
export async function aGateway({ routes, env, app: own = app }: Given = {}): Promise<TestGateway> {
  const routesDir = await mkdtemp(join(tmpdir(), 'routes-'));
  for (const [name, text] of Object.entries(routes ?? {})) {
    await writeFile(join(routesDir, name), text);
  }
  const settings = { ROUTES_DIR: routes ? routesDir : 'apps/gateway/routes', ...env };
  const platform = await aPlatform([...fakeServices, own], { env: { gateway: settings } });
  return new TestGateway(platform, platform.running.get('gateway')?.url ?? '', routesDir);
}

/** A route table with these routes, each as YAML. */
export const tableOf = (routes: string, more = ''): string => `apiVersion: gateway/v1
kind: RouteTable
metadata: { name: spec, revision: '1' }
spec:
${more}  routes:
${routes
  .trim()
  .split('\n')
  .map((line) => `    ${line}`)
  .join('\n')}
`;
