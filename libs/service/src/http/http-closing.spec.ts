import { once } from 'node:events';
import { Agent, createServer, get, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { HttpClosing } from './http-closing.js';

/** A server that answers when it is told to; at `/now`, at once. */
async function aServer() {
  const release: (() => void)[] = [];
  const server: Server = createServer((request, response) => {
    const answer = () => response.end('done');
    if (request.url === '/now') answer();
    else release.push(answer);
  });
  server.keepAliveTimeout = 60_000;
  const closing = new HttpClosing(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const stop = () => new Promise((resolve) => server.close(resolve));
  const { port } = server.address() as AddressInfo;
  return { server, closing, stop, release, url: `http://127.0.0.1:${port}` };
}

let agent: Agent;
beforeEach(() => (agent = new Agent({ keepAlive: true, maxSockets: 1 })));
afterEach(() => agent.destroy());

async function ask(url: string): Promise<IncomingMessage> {
  const [response] = (await once(get(url, { agent }), 'response')) as [IncomingMessage];
  response.resume();
  await once(response, 'end');
  return response;
}

/** Longer than anything here takes, milliseconds. */
const LONG_MS = 5_000;
const isOver = async (work: Promise<unknown>, withinMs: number): Promise<boolean> =>
  Promise.race([work.then(() => true), pause(withinMs, false)]);

describe('an HTTP server that closes', () => {
  it('answers on connections that are open, and says with the answer that they end', async () => {
    const { url, closing, stop } = await aServer();
    expect((await ask(`${url}/now`)).headers.connection).toBe('keep-alive');
    const closed = closing.close(stop, { noticeMs: LONG_MS, finishMs: LONG_MS });
    const answer = await ask(`${url}/now`);
    expect([answer.statusCode, answer.headers.connection]).toEqual([200, 'close']);
    // That was the last one: nobody is waited for any longer.
    expect(await isOver(closed, LONG_MS / 2)).toBe(true);
  });

  it('finishes what is under way, and ends its connection with the answer', async () => {
    const { server, url, closing, stop, release } = await aServer();
    const asked = ask(`${url}/later`);
    await once(server, 'request');
    const closed = closing.close(stop, { noticeMs: 0, finishMs: LONG_MS });
    expect(await isOver(closed, 100)).toBe(false);
    release[0]?.();
    expect((await asked).headers.connection).toBe('close');
    expect(await isOver(closed, LONG_MS / 2)).toBe(true);
  });

  it('takes new connections for as long as it gives notice', async () => {
    const { url, closing, stop } = await aServer();
    await ask(`${url}/now`);
    const closed = closing.close(stop, { noticeMs: LONG_MS, finishMs: LONG_MS });
    const other = new Agent();
    const [response] = (await once(get(`${url}/now`, { agent: other }), 'response')) as [
      IncomingMessage,
    ];
    expect(response.statusCode).toBe(200);
    response.resume();
    await ask(`${url}/now`);
    await closed;
  });

  it('ends a connection that nobody uses once notice was given', async () => {
    const { url, closing, stop } = await aServer();
    await ask(`${url}/now`);
    const closed = closing.close(stop, { noticeMs: 100, finishMs: LONG_MS });
    expect(await isOver(closed, LONG_MS / 2)).toBe(true);
  });

  it('ends what had its headers sent before, as soon as it is answered', async () => {
    const server = createServer((_request, response) => {
      response.writeHead(200);
      response.write('half');
      server.once('finish now', () => response.end());
    });
    server.keepAliveTimeout = 60_000;
    const closing = new HttpClosing(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const [response] = (await once(get({ port, agent }), 'response')) as [IncomingMessage];
    const stop = () => new Promise((resolve) => server.close(resolve));
    const closed = closing.close(stop, { noticeMs: 0, finishMs: LONG_MS });
    server.emit('finish now');
    response.resume();
    await once(response, 'end');
    expect(await isOver(closed, LONG_MS / 2)).toBe(true);
  });

  it('cuts off who has no answer after the time that everybody has', async () => {
    const { server, url, closing, stop } = await aServer();
    const asked = ask(`${url}/later`).catch((error: Error) => error.message);
    await once(server, 'request');
    await closing.close(stop, { noticeMs: 0, finishMs: 100 });
    expect(await asked).toBe('socket hang up');
  });
});
