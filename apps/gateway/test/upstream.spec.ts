import { once } from 'node:events';
import { createServer, request as httpRequest, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { anAdmin, aUser } from '@courtside/testing';
import { aGateway, tableOf, type TestGateway } from './a-gateway.js';

interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: Record<string, unknown>;
  readonly body: string;
}

/** An HTTP server that says what it was asked. */
class Upstream {
  server: Server;
  url = '';
  /** Requests at `/hang` that were never answered. */
  readonly hanging: ServerResponse[] = [];
  /** So many connections break before they are answered. */
  breaking = 0;
  asked = 0;

  constructor(private readonly name: string) {
    this.server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        const { method, url, headers } = request;
        this.asked += 1;
        if (this.breaking-- > 0) return void request.socket.destroy();
        if (url?.startsWith('/hang')) return void this.hanging.push(response);
        response.writeHead(url?.includes('missing') ? 404 : 200, {
          'content-type': 'application/json',
          server: 'old-web/1.0',
          'x-powered-by': 'something',
          'set-cookie': 'a=b',
          connection: 'x-inner',
          'x-inner': '1',
          'x-upstream': this.name,
        });
        response.end(JSON.stringify({ method, url, headers, body }));
      });
    });
  }

  async start(): Promise<this> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    this.url = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
    return this;
  }

  stop(): Promise<void> {
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(() => resolve()));
  }
}

const routes = {
  'public.yaml': tableOf(`
- get: /web/*
  auth: none
  timeout: 300ms
  to: { upstream: WEB_URL, path: '/{*}' }
- get: /pages/{name}
  auth: user
  to: { upstream: WEB_URL }
- post: /web/forms
  auth: none
  maxBody: 1KiB
  to: { upstream: WEB_URL, path: /forms }
`),
};

const seenBy = (answer: { body: unknown }): Seen => answer.body as Seen;

describe('a route to an HTTP upstream', () => {
  let upstream: Upstream;
  let gateway: TestGateway;
  beforeAll(async () => {
    upstream = await new Upstream('first').start();
    gateway = await aGateway({ routes, env: { WEB_URL: upstream.url, TRUSTED_HOPS: '1' } });
  });
  afterAll(async () => {
    await gateway.close();
    await upstream.stop();
  });

  it('[3.3] passes path, query, body and status through', async () => {
    const read = await gateway.call('GET /web/a/b%20c?x=1&y=%C3%A9');
    expect(seenBy(read)).toMatchObject({ method: 'GET', url: '/a/b%20c?x=1&y=%C3%A9' });
    expect(read.headers.get('x-upstream')).toBe('first');
    const sent = await gateway.call('POST /web/forms', { body: { a: 1 } });
    expect(seenBy(sent)).toMatchObject({ method: 'POST', url: '/forms', body: '{"a":1}' });
    expect((await gateway.call('GET /web/missing')).status).toBe(404);
  });

  it('[4.11] tells the upstream who asks, and never what a client says about it', async () => {
    const [me, victim] = [anAdmin(), aUser().userId];
    const names = [
      'request-user-id',
      'request_user_id',
      'REQUEST-USER-ID',
      'x-user-id',
      'X_User_Id',
      'x-user-roles',
      'x-request-user-id',
      'x-forwarded-user',
      'x-auth-request-user',
      'remote-user',
    ];
    const headers = Object.fromEntries(names.map((name) => [name, victim]));
    const page = await gateway.call('GET /pages/home', { token: gateway.signIn(me), headers });
    expect(seenBy(page).headers['request-user-id']).toBe(me.userId);
    expect(JSON.stringify(seenBy(page).headers)).not.toContain(victim);
    const open = await gateway.call('GET /web/x', { headers });
    expect(Object.keys(seenBy(open).headers)).not.toContain('request-user-id');
    expect(open.text).not.toContain(victim);
  });

  it('[4.11] is not fooled by Connection naming the identity header', async () => {
    const me = anAdmin();
    const request = httpRequest(`${gateway.url}/pages/home`, {
      headers: {
        authorization: `Bearer ${gateway.signIn(me)}`,
        connection: 'close, request-user-id, x-odd',
        'request-user-id': aUser().userId,
        'x-odd': '1',
      },
    });
    request.end();
    const [response] = (await once(request, 'response')) as [AsyncIterable<Buffer>];
    const parts: Buffer[] = [];
    for await (const part of response) parts.push(part);
    const { headers } = JSON.parse(Buffer.concat(parts).toString()) as Seen;
    expect(headers['request-user-id']).toBe(me.userId);
    expect(headers['x-odd']).toBeUndefined();
  });

  it('keeps credentials, the name of the software and cookies to itself', async () => {
    const token = gateway.signIn(anAdmin());
    const answer = await gateway.call('GET /pages/home', { token, headers: { cookie: 'a=b' } });
    expect(seenBy(answer).headers).toMatchObject({ host: new URL(upstream.url).host });
    for (const name of ['authorization', 'x-token', 'cookie']) {
      expect(seenBy(answer).headers[name]).toBeUndefined();
    }
    for (const name of ['server', 'x-powered-by', 'set-cookie', 'x-inner']) {
      expect([name, answer.headers.get(name)]).toEqual([name, null]);
    }
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
  });

  it('believes as many proxies in front as the configuration counts', async () => {
    const headers = { 'x-forwarded-for': '6.6.6.6, 10.0.0.9', forwarded: 'for=6.6.6.6' };
    const { headers: seen } = seenBy(await gateway.call('GET /web/x', { headers }));
    expect(seen['x-forwarded-for']).toBe('10.0.0.9');
    expect(seen['forwarded']).toBeUndefined();
  });

  it('never leaves its own folder, in no spelling', async () => {
    const ways = ['%2e%2e/secret', '..%2fsecret', 'a/%2e%2e/%2e%2e/secret', '..%5csecret', 'a%00b'];
    for (const way of ways) {
      expect([way, (await gateway.call(`GET /web/${way}`)).status]).toEqual([way, 404]);
    }
  });

  it('is 413 for a body larger than the route takes, declared or not', async () => {
    const body = 'x'.repeat(2_000);
    expect((await gateway.call('POST /web/forms', { body })).status).toBe(413);
    const chunked = await fetch(`${gateway.url}/web/forms`, {
      method: 'POST',
      body: new Blob([body]).stream(),
      duplex: 'half',
    } as RequestInit);
    expect(chunked.status).toBe(413);
  });

  it('is 504 when the upstream does not answer in time, 503 when it is not there', async () => {
    const late = await gateway.call('GET /web/hang');
    expect([late.status, late.body['code']]).toEqual([504, 'service.late']);
    const { url } = await new Upstream('gone').start().then(async (each) => {
      await each.stop();
      return each;
    });
    const other = await aGateway({ routes, env: { WEB_URL: url } });
    try {
      const absent = await other.call('GET /web/x');
      expect([absent.status, absent.body['code']]).toEqual([503, 'service.unavailable']);
      expect(absent.headers.get('retry-after')).toBeTruthy();
    } finally {
      await other.close();
    }
  });

  it('[0.1] answers a read though the pod that it was sent to dies, and never sends a write twice', async () => {
    const mortal = await new Upstream('mortal').start();
    const other = await aGateway({ routes, env: { WEB_URL: mortal.url } });
    try {
      mortal.breaking = 2;
      expect((await other.call('GET /web/x')).status).toBe(200);
      expect(mortal.asked).toBe(3);
      mortal.breaking = 1;
      expect((await other.call('POST /web/forms', { body: { a: 1 } })).status).toBe(503);
      expect(mortal.asked).toBe(4);
    } finally {
      await other.close();
      await mortal.stop();
    }
  });

  it('[4.34] goes where its setting says: another value moves traffic', async () => {
    const second = await new Upstream('second').start();
    const moved = await aGateway({ routes, env: { WEB_URL: second.url } });
    try {
      expect((await moved.call('GET /web/x')).headers.get('x-upstream')).toBe('second');
    } finally {
      await moved.close();
      await second.stop();
    }
  });

  it('[4.34] stops the start with the name of a setting that is missing', async () => {
    await expect(aGateway({ routes })).rejects.toThrow(/WEB_URL is not set: the route \/web\/\*/);
  });
});
