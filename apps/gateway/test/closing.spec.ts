import { once } from 'node:events';
import { Agent, createServer, get, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { eventually } from '@courtside/testing';
import { aGateway, tableOf } from './a-gateway.js';

const routes = {
  'public.yaml': tableOf(`
- get: /web/*
  auth: none
  to: { upstream: WEB_URL, path: '/{*}' }
`),
};

/** An upstream whose answers wait. */
async function aSlowUpstream() {
  const waiting: ServerResponse[] = [];
  const server = createServer((_request, response) => void waiting.push(response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { server, url, waiting };
}

async function ask(url: string, agent: Agent): Promise<IncomingMessage> {
  const [response] = (await once(get(url, { agent }), 'response')) as [IncomingMessage];
  response.resume();
  await once(response, 'end');
  return response;
}

describe('a gateway that is told to stop', () => {
  it('[0.1] is not ready, serves on and says that connections end, finishes, and only then closes', async () => {
    const upstream = await aSlowUpstream();
    const env = { WEB_URL: upstream.url, CLOSING_NOTICE_MS: '5000' };
    const gateway = await aGateway({ routes, env });
    const [one, other] = [new Agent({ keepAlive: true }), new Agent({ keepAlive: true })];
    try {
      const underWay = ask(`${gateway.url}/web/x`, one);
      await eventually('the request is under way', () => upstream.waiting.length === 1);
      const idle = await ask(`${gateway.url}/livez`, other);
      expect(idle.headers.connection).toBe('keep-alive');

      let hasClosed = false;
      const closed = gateway.platform.running.get('gateway')!.close();
      void closed.then(() => (hasClosed = true));
      const ready = await ask(`${gateway.url}/readyz`, other);
      expect([ready.statusCode, ready.headers.connection]).toEqual([503, 'close']);
      const fresh = await ask(`${gateway.url}/livez`, other);
      expect([fresh.statusCode, fresh.headers.connection]).toEqual([200, 'close']);
      expect(hasClosed).toBe(false);

      upstream.waiting[0]?.end('done');
      const finished = await underWay;
      expect([finished.statusCode, finished.headers.connection]).toEqual([200, 'close']);
      await closed;
      await expect(ask(`${gateway.url}/livez`, other)).rejects.toThrow('ECONNREFUSED');
    } finally {
      one.destroy();
      other.destroy();
      await gateway.close();
      upstream.server.closeAllConnections();
      upstream.server.close();
    }
  });
});
