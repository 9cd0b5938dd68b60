import type { IncomingHttpHeaders } from 'node:http';
import { childTraceparent, type RequestContext } from '@courtside/service';
import { TIMEOUT_MS_DEFAULT } from '../routes/route.js';
import { requestIdFrom } from './request-id.js';

const noMetadata = Object.freeze({});

/** The context of a request that enters here: its id and trace, and until when somebody waits. */
export const edgeContext = (
  headers: IncomingHttpHeaders,
  timeoutMs = TIMEOUT_MS_DEFAULT,
): RequestContext => ({
  requestId: requestIdFrom(headers['x-request-id']),
  traceparent: childTraceparent(headers['traceparent']?.toString()),
  deadline: Date.now() + timeoutMs,
  metadata: noMetadata,
});
