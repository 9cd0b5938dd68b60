import type { components } from './generated/api.js';

export type ProblemBody = components['schemas']['Problem'];

/** A refusal or failure that the platform answered with (RFC 9457). */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly status: number;
  readonly code: string;
  /** Seconds after which trying again makes sense, where the answer says so. */
  readonly retryAfter: number | undefined;

  constructor(
    readonly problem: ProblemBody,
    response: Response,
  ) {
    super(`${problem.code}: ${problem.detail ?? problem.title}`);
    this.status = response.status;
    this.code = problem.code;
    const seconds = Number(response.headers.get('retry-after'));
    this.retryAfter = seconds > 0 ? seconds : undefined;
  }
}

/** The problem of an answer; undefined when it is none. */
export async function problemOf(response: Response): Promise<ProblemError | undefined> {
  const isProblem = response.headers.get('content-type')?.startsWith('application/problem+json');
  if (!isProblem) return undefined;
  return new ProblemError((await response.clone().json()) as ProblemBody, response);
}
