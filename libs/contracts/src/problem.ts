import { kindStatus } from './kinds.js';
import { problems, type ProblemCode } from './problems.js';

/** One fault of an input: where (JSON Pointer, RFC 6901) and what is wrong there. */
export interface Fault {
  readonly pointer: string;
  readonly detail: string;
}

/** A problem as it travels over the bus; the gateway adds what HTTP needs (RFC 9457). */
export interface ProblemDetails {
  readonly code: ProblemCode;
  readonly detail: string;
  readonly errors?: readonly Fault[];
  /** Seconds after which trying again makes sense. */
  readonly retryAfter?: number;
}

/**
 * What a service throws when it refuses or fails. `code` is one of the closed table, `detail` a
 * sentence that names the thing, the value and the way out. Never carries a secret.
 */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly code: ProblemCode;
  readonly detail: string;
  readonly errors: readonly Fault[] | undefined;
  readonly retryAfter: number | undefined;

  constructor(
    code: ProblemCode,
    detail?: string,
    options: { errors?: readonly Fault[]; retryAfter?: number; cause?: unknown } = {},
  ) {
    const sentence = detail ?? problems[code].title;
    super(`${code}: ${sentence}`, { cause: options.cause });
    this.code = code;
    this.detail = sentence;
    this.errors = options.errors;
    this.retryAfter = options.retryAfter;
  }

  /** The HTTP status of its kind. */
  get status(): number {
    return kindStatus[problems[this.code].kind];
  }

  toJSON(): ProblemDetails {
    return {
      code: this.code,
      detail: this.detail,
      ...(this.errors && { errors: this.errors }),
      ...(this.retryAfter !== undefined && { retryAfter: this.retryAfter }),
    };
  }

  /** Reads a problem that came over the bus; undefined when it is none. */
  static from(value: unknown): Problem | undefined {
    if (typeof value !== 'object' || value === null) return undefined;
    const { code, detail, errors, retryAfter } = value as Partial<ProblemDetails>;
    if (typeof code !== 'string' || !Object.hasOwn(problems, code)) return undefined;
    return new Problem(code, typeof detail === 'string' ? detail : undefined, {
      ...(Array.isArray(errors) && { errors }),
      ...(typeof retryAfter === 'number' && { retryAfter }),
    });
  }
}
