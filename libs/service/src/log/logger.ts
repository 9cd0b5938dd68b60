import { pino, stdSerializers, type DestinationStream, type Logger } from 'pino';
import { PinoPretty } from 'pino-pretty';
import { currentRequest } from '../request/request-context.js';
import { traceIdOf } from '../request/trace.js';

export type { Logger } from 'pino';

/** Keys whose values never reach a log, at any depth that pino can name. */
const secretKeys = [
  'password',
  'hashed_password',
  'access_token',
  'refresh_token',
  'authorization',
];

interface LogOptions {
  readonly app: string;
  readonly level: string;
  readonly format: 'json' | 'pretty';
  /** Where lines go; standard output unless a spec listens. */
  readonly destination?: DestinationStream;
}

/**
 * The log of one app. The message is a constant sentence, values are fields; every line carries the
 * app, and inside a request its id, its trace and the user.
 */
export function createLogger(options: LogOptions): Logger {
  const destination =
    options.destination ??
    (options.format === 'pretty'
      ? PinoPretty({ ignore: 'pid,hostname,service', messageFormat: '{service} {msg}' })
      : pino.destination({ fd: 1, sync: false }));
  return pino(
    {
      level: options.level,
      base: { service: options.app },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: secretKeys.flatMap((key) => [key, `*.${key}`]), censor: '***' },
      serializers: { err: plainError },
      mixin: requestFields,
    },
    destination,
  );
}

/** Only what is known to be fit to print: a database error carries its statement and parameters. */
function plainError(error: unknown): object {
  if (!(error instanceof Error)) return { message: String(error) };
  const { type, message, stack, code } = stdSerializers.err(error);
  return { type, message, stack, code: code as unknown };
}

function requestFields(): Record<string, string> {
  const request = currentRequest();
  if (!request) return {};
  return {
    requestId: request.requestId,
    traceId: traceIdOf(request.traceparent),
    ...(request.identity?.kind === 'user' && { userId: request.identity.userId }),
  };
}
