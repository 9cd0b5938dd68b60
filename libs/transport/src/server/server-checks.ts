import { SchemaChecks, type Schemas } from '../schema/schema-checks.js';
import { checkedHandler } from './checked-handler.js';
import type { Handler } from './handler.js';

export type { Handler, Schemas };

/** What a server holds against the schemas it was given. */
export class ServerChecks {
  readonly #checks: SchemaChecks;

  private constructor(checks: SchemaChecks) {
    this.#checks = checks;
  }

  /** `undefined` where there is nothing to check. */
  static of(schemas: Schemas | undefined): ServerChecks | undefined {
    const checks = SchemaChecks.of(schemas);
    return checks && new ServerChecks(checks);
  }

  has(part: 'request' | 'event', pattern: string): boolean {
    return this.#checks.has(part, pattern);
  }

  /** The payload as its schema makes it. @throws TransportError `INVALID_PAYLOAD` */
  check(part: 'request' | 'event', pattern: string, value: unknown): Promise<unknown> {
    return this.#checks.check(part, pattern, value);
  }

  /** The handler, with its replies checked where they have a schema. */
  handler(handler: Handler, pattern: string): Handler {
    if (!this.#checks.has('reply', pattern)) return handler;
    return checkedHandler(handler, this.#checks, pattern);
  }
}
