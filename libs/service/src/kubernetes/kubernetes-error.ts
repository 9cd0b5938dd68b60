import { StartError } from '../start/start-error.js';

/** What the API server refused, or that it could not be asked; the message is a sentence for a person. */
export class KubernetesError extends StartError {
  override readonly name = 'KubernetesError';

  constructor(
    /** The HTTP status; undefined when there was no answer. */
    readonly status: number | undefined,
    message: string,
    cause?: unknown,
  ) {
    super(message, { cause });
  }
}

/** Somebody else changed or made the object first. */
export const isConflict = (error: unknown): boolean => hasStatus(error, 409);
export const isMissing = (error: unknown): boolean => hasStatus(error, 404);
/** The version to watch from is older than what the API server remembers. */
export const isGone = (error: unknown): boolean => hasStatus(error, 410);

const hasStatus = (error: unknown, status: number): boolean =>
  error instanceof KubernetesError && error.status === status;

/**
 * Makes one kind of error of the many that the client library throws. Its own tell whole requests
 * with their headers, which belong in no log.
 * @param what what was asked for, as in `ConfigMaps cannot be listed`.
 */
export function kubernetesError(what: string, error: unknown): KubernetesError {
  if (error instanceof KubernetesError) return error;
  const { code, statusCode, body, message, cause } = error as {
    readonly code?: unknown;
    readonly statusCode?: unknown;
    readonly body?: unknown;
    readonly message?: string;
    readonly cause?: { readonly message?: string };
  };
  const status = [code, statusCode].find((each) => typeof each === 'number');
  if (status === undefined) {
    return new KubernetesError(undefined, `${what}: ${cause?.message || message}`, error);
  }
  return new KubernetesError(status, `${what}: ${status} ${sentenceIn(body) ?? ''}`.trimEnd());
}

/** The sentence of a `Status` object, which the API server answers with instead of what was asked for. */
function sentenceIn(body: unknown): string | undefined {
  try {
    const status = (typeof body === 'string' ? JSON.parse(body) : body) as { message?: unknown };
    return typeof status?.message === 'string' ? status.message : undefined;
  } catch {
    return undefined;
  }
}
