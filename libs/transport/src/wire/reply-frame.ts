/**
 * A frame is lines: `<id> <kind>` and then the payload, for each reply. JSON never holds a raw
 * line feed, so the payload is its own line and can be passed on without being parsed. A reply that lies
 * apart has the kind `@`: drivers fetch it, so that nobody else sees one.
 */
export type ReplyKind =
  /** The value, and there is no more. */
  | 'V'
  /** A value, and more may come. */
  | 'N'
  /** The end, without a value. */
  | 'C'
  /** The JSON a handler refused with. */
  | 'E'
  /** A failure of the transport: JSON with `code`, `message`, `retryAfterMs`. */
  | 'T';

export interface Reply {
  readonly id: string;
  readonly kind: ReplyKind;
  /** JSON text; empty for `C`. */
  readonly body: string;
}

/** No reply: the run that the request waited for never began, so it is to be asked again. */
export interface AskAgain {
  readonly id: string;
  readonly kind: 'A';
  readonly body: '';
}

const kinds: ReadonlySet<string> = new Set(['V', 'N', 'C', 'E', 'T', 'A']);

export function encodeReply({ id, kind, body }: Reply | AskAgain): string {
  return `${id} ${kind}\n${body}\n`;
}

/** Reads every reply of a frame; a line that makes no sense ends the reading. */
export function decodeFrame(text: string): (Reply | AskAgain)[] {
  const replies: (Reply | AskAgain)[] = [];
  let start = 0;
  while (start < text.length) {
    const headEnd = text.indexOf('\n', start);
    const bodyEnd = headEnd < 0 ? -1 : text.indexOf('\n', headEnd + 1);
    if (bodyEnd < 0) break;
    const kind = text.slice(headEnd - 1, headEnd);
    if (!kinds.has(kind)) break;
    replies.push({
      id: text.slice(start, headEnd - 2),
      kind,
      body: text.slice(headEnd + 1, bodyEnd),
    } as Reply | AskAgain);
    start = bodyEnd + 1;
  }
  return replies;
}
