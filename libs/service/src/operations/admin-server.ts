import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Health } from './health.js';
import { metricsRegistry } from './metrics.js';

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

const NOT_FOUND: Answer = {
  status: 404,
  body: { detail: 'see /<app>/livez, readyz, startupz, smoke or metrics' },
};

/**
 * The admin door of one process: `/<app>/livez`, `readyz`, `startupz`, `smoke` and `metrics` of every
 * app that runs in it. Reached by the cluster only, never through the gateway.
 */
export class AdminServer {
  private readonly apps = new Map<string, Health>();
  private server: Server | undefined;

  add(app: string, health: Health): void {
    this.apps.set(app, health);
  }

  /** Listens; resolves with the port it got. */
  async listen(port: number, host: string): Promise<number> {
    const server = createServer((request, response) => void this.answer(request, response));
    this.server = server;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, host, resolve);
    });
    return (server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    const { server } = this;
    if (!server) return;
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [, app = '', probe = ''] = (request.url ?? '').split('?')[0]?.split('/') ?? [];
    const health = this.apps.get(app);
    if (health && probe === 'metrics') {
      response.setHeader('content-type', metricsRegistry().contentType);
      response.end(await metricsRegistry().metrics());
      return;
    }
    const { status, body } = health ? await probed(health, probe) : NOT_FOUND;
    response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
    response.end(JSON.stringify(body));
  }
}

async function probed(health: Health, probe: string): Promise<Answer> {
  switch (probe) {
    case 'livez':
      return { status: 200, body: { alive: true } };
    case 'startupz':
      return { status: health.hasStarted ? 200 : 503, body: { started: health.hasStarted } };
    case 'readyz':
      return readiness(health);
    case 'smoke':
      return readiness(health);
    default:
      return NOT_FOUND;
  }
}

async function readiness(health: Health): Promise<Answer> {
  const checks = await health.run();
  const ready = health.takesWork && checks.every((check) => check.up);
  return { status: ready ? 200 : 503, body: { ready, checks } };
}
