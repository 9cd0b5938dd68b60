import type { Server, ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';

export interface ClosingTimes {
  /**
   * How long clients are told with their answers that a connection ends, before those that nobody uses
   * are ended, milliseconds.
   */
  readonly noticeMs: number;
  /** Who has no answer by then is cut off, milliseconds. */
  readonly finishMs: number;
}

/** How often it is looked who is still connected, milliseconds. */
const LOOK_EVERY_MS = 50;

/**
 * Closes an HTTP server without losing a request. A connection that is kept open ends only after an answer
 * that said so (RFC 9112, 9.6): whoever ends it without a word may do so just when the client sends the
 * next request, and a client must not repeat every request. Node by itself ends what is idle at once, tells
 * nobody, and then waits for what was busy for as long as the client keeps it open.
 */
export class HttpClosing {
  private readonly answering = new Set<ServerResponse>();
  private isClosing = false;

  /** Watches the requests of a server from here on. */
  constructor(private readonly server: Server) {
    server.prependListener('request', (_request, response: ServerResponse) => {
      this.answering.add(response);
      response.once('close', () => this.answering.delete(response));
      if (this.isClosing) announce(response);
    });
  }

  /**
   * Goes on serving, tells every client that its connection ends, then stops; resolves once `stop` has,
   * which waits for the connections.
   */
  async close(stop: () => Promise<unknown>, { noticeMs, finishMs }: ClosingTimes): Promise<void> {
    this.isClosing = true;
    for (const response of this.answering) if (!response.headersSent) announce(response);
    await this.unused(noticeMs);
    // One whose headers were on their way before was told nothing: it ends once nobody waits on it.
    const idle = setInterval(() => this.server.closeIdleConnections(), LOOK_EVERY_MS);
    const late = setTimeout(() => this.server.closeAllConnections(), finishMs);
    try {
      await stop();
    } finally {
      clearInterval(idle);
      clearTimeout(late);
    }
  }

  /** Resolves once nobody is connected, or when that has taken too long. */
  private async unused(withinMs: number): Promise<void> {
    const end = performance.now() + withinMs;
    while (performance.now() < end && (await connectionsOf(this.server)) > 0) {
      await pause(LOOK_EVERY_MS);
    }
  }
}

const announce = (response: ServerResponse): void => void response.setHeader('connection', 'close');

const connectionsOf = (server: Server): Promise<number> =>
  new Promise((resolve) => server.getConnections((_error, count = 0) => resolve(count)));
