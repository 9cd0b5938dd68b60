import type { IncomingMessage, ServerResponse } from 'node:http';
import { Problem } from '@courtside/contracts';
import { CONFIG } from '@courtside/service';
import { Inject, Injectable } from '@nestjs/common';
import type { GatewayConfig } from '../config.js';
import type { Answer } from './answer.js';
import { clientScheme } from './client-address.js';
import { strictTransport } from './security-headers.js';
import { writeAnswer } from './write-answer.js';

const HTTPS_PORT = 443;
/** A host as a client writes it: a name or an address, of which the port is not taken over. */
const HOST = /^(?<name>[A-Za-z0-9.-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(:\d{1,5})?$/;

/**
 * Whoever came to the proxies in front by plain HTTP is sent to HTTPS, and whoever came by HTTPS is told
 * to stay there. Off until `HTTPS_PORT` says where that is. What does not come through a proxy, such as a
 * probe, is let be.
 */
@Injectable()
export class HttpsOnly {
  constructor(@Inject(CONFIG) private readonly config: GatewayConfig) {}

  /** How the client came. */
  scheme(request: IncomingMessage): 'http' | 'https' | undefined {
    return clientScheme(request, this.config.TRUSTED_HOPS);
  }

  /**
   * What to answer instead; undefined when the request may go on.
   * @throws Problem when its host is none that anybody could be sent to.
   */
  elsewhere(request: IncomingMessage): Answer | undefined {
    const { HTTPS_PORT: port } = this.config;
    if (port === undefined || this.scheme(request) !== 'http') return undefined;
    const name = HOST.exec(request.headers.host ?? '')?.groups?.['name'];
    if (name === undefined) throw new Problem('request.invalid', 'the Host header names no host');
    const { url = '/' } = request;
    const origin = `https://${name}${port === HTTPS_PORT ? '' : `:${port}`}`;
    const location = origin + (url.startsWith('/') ? url : '/');
    return { status: 308, headers: { location, 'cache-control': 'no-store' }, body: undefined };
  }

  /** Sends an answer, once, with what the client has to know of how it came. */
  send(
    request: IncomingMessage,
    response: ServerResponse,
    answer: Answer,
    requestId: string,
  ): void {
    const isTold = this.config.HTTPS_PORT !== undefined && this.scheme(request) === 'https';
    const headers = isTold ? { ...strictTransport, ...answer.headers } : answer.headers;
    writeAnswer(response, { ...answer, headers }, requestId);
  }
}
