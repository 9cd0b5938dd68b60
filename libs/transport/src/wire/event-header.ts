import { ownerOf } from '../protocol/owner.js';
import { decodeHeader, encodeHeader, isMetadata, type Header, type Metadata } from './header.js';

/** What a sender says of an event in format 2. */
export interface EventHeader {
  readonly topic: string;
  /** Six characters of base64url, drawn for each event: with the id of the entry they are its id. */
  readonly tag: string;
  readonly sender: string;
  readonly metadata?: Metadata | undefined;
}

/** An entry whose header is to be read. */
export interface HeaderEntry {
  readonly header: string;
  readonly id: string;
  /** The id that it had first, when it was put back after it failed. */
  readonly firstId?: string;
  readonly queue: { readonly kind: 'requests' | 'events'; readonly name: string };
}

export const tagLength = 6;
/** Of the format and the tag. */
const headLength = 1 + tagLength;
const head = /^2[\w-]{6}$/;

/**
 * The header of an event in format 2: `2`, the tag, and as JSON what does not follow from the topic.
 * A million may wait, so nothing that the stream or the entry's id says is said again.
 */
export function encodeEventHeader({ topic, tag, sender, metadata }: EventHeader): string {
  const s = sender === ownerOf(topic) ? undefined : sender;
  const m = metadata && Object.keys(metadata).length > 0 ? metadata : undefined;
  return s || m ? `2${tag}${JSON.stringify({ s, m })}` : `2${tag}`;
}

/** The header of an entry in whatever format; nothing on the wire is trusted. */
export function headerOf({ header, id, firstId, queue }: HeaderEntry): Header | undefined {
  if (!header.startsWith('2')) return decodeHeader(header);
  const rest = header.length > headLength ? restOf(header.slice(headLength)) : {};
  const tag = header.slice(0, headLength);
  if (queue.kind !== 'events' || !rest || !head.test(tag)) return undefined;
  const { s = ownerOf(queue.name), m } = rest;
  return { v: 2, k: 'e', p: queue.name, i: `${firstId ?? id}.${tag.slice(1)}`, s, ...(m && { m }) };
}

/** The same header for readers of format 1 alone; `id` is a new one. */
export function asFormat1(header: string, topic: string, id: string): string {
  const read = headerOf({ header, id, queue: { kind: 'events', name: topic } });
  return read?.v === 2 ? encodeHeader({ ...read, v: 1, i: id }) : header;
}

function restOf(text: string): { s?: string; m?: Metadata } | undefined {
  if (!text.startsWith('{')) return undefined;
  try {
    const { s, m } = JSON.parse(text) as { s?: unknown; m?: unknown };
    if ((s !== undefined && typeof s !== 'string') || !isMetadata(m)) return undefined;
    return { ...(s !== undefined && { s }), ...(m !== undefined && { m: m as Metadata }) };
  } catch {
    return undefined;
  }
}
