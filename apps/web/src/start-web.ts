import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  AdminServer,
  createLogger,
  Health,
  HttpClosing,
  loadConfig,
  type Environment,
} from '@courtside/service';
import { app } from './app.js';
import { pages } from './pages.js';

/** Who still reads by then is cut off, milliseconds. */
const FINISH_MS = 5_000;

export interface RunningWeb {
  readonly url: string;
  readonly adminPort: number;
  /** Says that it is not ready, finishes what it answers, then lets go of everything. */
  close(): Promise<void>;
}

/** Serves the pages; rejects, with nothing left open, when it cannot. */
export async function startWeb(environment: Environment): Promise<RunningWeb> {
  const settings = loadConfig(app.name, app.config, environment);
  const logger = createLogger({
    app: app.name,
    level: settings.LOG_LEVEL,
    format: settings.LOG_FORMAT,
  });
  const health = new Health();
  const admin = new AdminServer();
  admin.add(app.name, health);
  const server = createServer(
    pages(settings.PAGES_DIR, { isWatched: settings.NODE_ENV === 'development' }),
  );
  const closing = new HttpClosing(server);
  const close = async () => {
    health.stopping();
    const times = { noticeMs: settings.CLOSING_NOTICE_MS, finishMs: FINISH_MS };
    await closing.close(() => stop(server), times);
    await admin.close();
    logger.info('stopped');
  };
  try {
    const url = await listen(server, settings.PORT, settings.HOST);
    const adminPort = await admin.listen(settings.ADMIN_PORT, settings.ADMIN_HOST);
    health.started();
    logger.info({ url }, 'ready');
    return { url, adminPort, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function listen(server: Server, port: number, host: string): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return `http://${host}:${(server.address() as AddressInfo).port}`;
}

async function stop(server: Server): Promise<void> {
  if (server.listening) await new Promise((resolve) => server.close(resolve));
}
