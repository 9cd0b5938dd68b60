/** Entries of one millisecond that have numbers of their own. */
const perMs = 4_096;
const msMax = Number.MAX_SAFE_INTEGER / perMs;
const zero = '0'.charCodeAt(0);

/** The number that begins at a place of a text of digits; `NaN` where there is something else. */
function digitsFrom(text: string, from: number, to: number): number {
  let value = 0;
  for (let at = from; at < to; at += 1) {
    const digit = text.charCodeAt(at) - zero;
    if (digit < 0 || digit > 9) return NaN;
    value = value * 10 + digit;
  }
  return value;
}

/**
 * The id of an entry, `1764058532500-0`, as one number that keeps the order of ids; nothing where it
 * could not be told from another one.
 */
export function orderOf(id: string): number | undefined {
  const dash = id.indexOf('-');
  const ms = digitsFrom(id, 0, dash);
  const sequence = digitsFrom(id, dash + 1, id.length);
  return sequence < perMs && ms < msMax ? ms * perMs + sequence : undefined;
}

/** The id that became that number. */
export function idOf(order: number): string {
  const sequence = order % perMs;
  return `${(order - sequence) / perMs}-${sequence}`;
}

/** Whether an entry was added after another one of its stream. */
export function isLater(id: string, other: string): boolean {
  const [ms = 0, sequence = 0] = id.split('-').map(Number);
  const [otherMs = 0, otherSequence = 0] = other.split('-').map(Number);
  return ms > otherMs || (ms === otherMs && sequence > otherSequence);
}
