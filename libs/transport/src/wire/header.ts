/** What a repeated run would do: nothing new, the same again, or harm. */
export type Effect = 'none' | 'idempotent' | 'once';

/** Text that travels beside the payload: trace, identity, whatever the application needs. */
export type Metadata = Readonly<Record<string, string>>;

/** What the field `h` of a message says. `docs/contract.md` is its definition for other languages. */
export interface Header {
  /** Version of the wire format: 1 is this as JSON, 2 is shorter and for events. */
  v: 1 | 2;
  /** `q` is a request, `e` an event. */
  k: 'q' | 'e';
  /** Pattern of the request, or topic of the event. */
  p: string;
  /** Id: unguessable, the same again when a client resends. */
  i: string;
  /** Name of the sending service, as it claims. */
  s: string;
  /** Inbox for the reply (requests). */
  r?: string;
  /** Deadline in epoch milliseconds (requests). */
  t?: number;
  /** Effect (requests); absent means `once`. */
  e?: Effect;
  /** Metadata. */
  m?: Metadata;
  /** Idempotency key (requests), with `xf` and `xt`. */
  x?: string;
  /** Fingerprint of the payload. */
  xf?: string;
  /** Milliseconds for which the reply is kept. */
  xt?: number;
}

const effects: ReadonlySet<unknown> = new Set(['none', 'idempotent', 'once', undefined]);

export function encodeHeader(header: Header): string {
  return JSON.stringify(header);
}

/** Nothing on the wire is trusted: what is not a header of format 1 is `undefined`. */
export function decodeHeader(text: string): Header | undefined {
  const value = parse(text);
  if (typeof value !== 'object' || value === null) return undefined;
  const { v, k, p, i, s, r, t, e, m, x, xf, xt } = value as Record<string, unknown>;
  if (v !== 1 || typeof p !== 'string' || typeof i !== 'string' || typeof s !== 'string') {
    return undefined;
  }
  if (!effects.has(e) || !isMetadata(m) || !isKey(x, xf, xt)) return undefined;
  const isRequest = k === 'q' && typeof r === 'string' && typeof t === 'number';
  return isRequest || k === 'e' ? (value as Header) : undefined;
}

function isKey(key: unknown, print: unknown, keepMs: unknown): boolean {
  if (key === undefined) return true;
  return typeof key === 'string' && typeof print === 'string' && typeof keepMs === 'number';
}

export function isMetadata(value: unknown): boolean {
  if (value === undefined) return true;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.values(value).every((text) => typeof text === 'string');
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
