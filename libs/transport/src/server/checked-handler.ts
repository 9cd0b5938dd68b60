import { TransportError } from '../errors.js';
import type { SchemaChecks } from '../schema/schema-checks.js';
import type { Handler } from './handler.js';
import { InsteadOfReply } from './reply-text.js';

/** The same handler, whose values fit the schema of its pattern before anybody gets them. */
export function checkedHandler(handler: Handler, checks: SchemaChecks, pattern: string): Handler {
  return async (data, context, onPart) => {
    let parts: Promise<void> = Promise.resolve();
    const answer = await handler(data, context, (part) => {
      parts = parts.then(async () => onPart(await check(checks, pattern, part)));
      // It is heeded below, when the handler has ended.
      parts.catch(() => {});
    });
    await parts;
    return answer === undefined ? answer : check(checks, pattern, answer);
  };
}

async function check(checks: SchemaChecks, pattern: string, value: unknown): Promise<unknown> {
  try {
    return await checks.check('reply', pattern, value);
  } catch (error) {
    throw error instanceof TransportError ? new InsteadOfReply(error) : error;
  }
}
