import { randomBytes } from 'node:crypto';

const TRACEPARENT = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

/** A `traceparent` that continues the given one, or a new trace when that is none (W3C Trace Context). */
export function childTraceparent(parent: string | undefined): string {
  const span = randomBytes(8).toString('hex');
  if (parent && TRACEPARENT.test(parent)) return `${parent.slice(0, 36)}${span}${parent.slice(52)}`;
  return `00-${randomBytes(16).toString('hex')}-${span}-00`;
}

export const traceIdOf = (traceparent: string): string => traceparent.slice(3, 35);
