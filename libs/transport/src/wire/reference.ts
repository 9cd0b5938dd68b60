/**
 * A payload of more characters than this lies apart from its message, which has a reference to it:
 * readers fetch it when its turn comes, so that no list of messages, and no frame, becomes huge.
 */
export const apartLengthMin = 64 * 1024;

/** Where a payload lies that is not with its message. */
export interface Reference {
  readonly name: string;
  /** Bytes of UTF-8. */
  readonly bytes: number;
}

const at = '@'.charCodeAt(0);
const form = /^@(\S+) (\d+)$/;

/** `@<name> <bytes>`, which no JSON text begins with. */
export function encodeReference({ name, bytes }: Reference): string {
  return `@${name} ${bytes}`;
}

/** Whether a reference stands in place of a payload. */
export const isReference = (body: string): boolean => body.charCodeAt(0) === at;

/** The reference that stands in place of a payload; `undefined` where it is the payload itself. */
export function referenceOf(body: string): Reference | undefined {
  if (!isReference(body)) return undefined;
  const [, name, bytes] = form.exec(body) ?? [];
  return name === undefined ? undefined : { name, bytes: Number(bytes) };
}
