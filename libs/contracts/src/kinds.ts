/**
 * What went wrong, in the words a client can act on. The kind alone decides the HTTP status; the
 * code of a problem says what exactly.
 */
export const kindStatus = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  missing: 404,
  'method-not-allowed': 405,
  conflict: 409,
  gone: 410,
  'precondition-failed': 412,
  'too-large': 413,
  'unsupported-media-type': 415,
  unprocessable: 422,
  'precondition-required': 428,
  limited: 429,
  'headers-too-large': 431,
  internal: 500,
  unavailable: 503,
  late: 504,
} as const;

export type ProblemKind = keyof typeof kindStatus;
