import { Problem } from '@courtside/contracts';

/** Deeper than any input of a message; what is deeper would exhaust the stack further on. */
const DEPTH_MAX = 32;

const OPEN = new Set([0x5b, 0x7b]);
const CLOSE = new Set([0x5d, 0x7d]);
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/**
 * Parses JSON that came from outside.
 * @throws Problem `request.malformed` when it is none, nested too deeply, or names `__proto__`.
 */
export function parseJson(text: string): unknown {
  if (text.trim() === '') throw new Problem('request.malformed', 'the body is empty');
  if (isTooDeep(text)) {
    throw new Problem('request.malformed', `the body is nested more than ${DEPTH_MAX} deep`);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new Problem('request.malformed', undefined, { cause: error });
  }
  const isSuspect = text.includes('__proto__') || text.includes('\\u00');
  if (isSuspect && namesPrototype(value)) {
    throw new Problem('request.malformed', 'the body must not have a key __proto__');
  }
  return value;
}

function isTooDeep(text: string): boolean {
  let depth = 0;
  let isInText = false;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (isInText) {
      if (code === BACKSLASH) index += 1;
      else if (code === QUOTE) isInText = false;
    } else if (code === QUOTE) isInText = true;
    else if (OPEN.has(code)) {
      depth += 1;
      if (depth > DEPTH_MAX) return true;
    } else if (CLOSE.has(code)) depth -= 1;
  }
  return false;
}

function namesPrototype(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (Object.hasOwn(value, '__proto__')) return true;
  return Object.values(value).some(namesPrototype);
}
