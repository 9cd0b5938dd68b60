import type { KeptReply, KeyedAnswer, KeyedEnd, KeyedEntry, Frame } from '../broker/port.js';
import { keptMax, runMsMax, waitersMax, type RequestKey } from '../protocol/idempotency.js';
import { encodeReply } from '../wire/reply-frame.js';

/** What is known of one idempotency key. */
interface KeyRecord {
  readonly print: string;
  /** Correlation id of the request that runs, or ran. */
  readonly owner: string;
  /** `again`: none is kept, and the next request runs. */
  readonly reply?: KeptReply | 'again';
  /** Correlation id and inbox of whoever waits for the run. */
  readonly waiting: Map<string, string>;
  readonly endsAt: number;
}

/** The idempotency keys of one queue of requests. */
export class MemoryRecords {
  readonly #records = new Map<string, KeyRecord>();
  /** Names of the records that have a reply, the oldest first. */
  readonly #kept = new Set<string>();

  get size(): number {
    return this.#records.size;
  }

  /** What becomes of a request, without adding it; `new` when it is to be added and then `begin`ned. */
  ask({ key, id, inbox, whenUnknown }: KeyedEntry, now: number): KeyedAnswer | 'new' {
    const record = this.#find(key, now);
    if (!record) return whenUnknown === 'refuse' ? refused('UNKNOWN_OUTCOME') : 'new';
    if (record.reply === 'again') return 'new';
    if (record.print !== key.print) return refused('KEY_REUSED');
    if (record.reply) return { kind: 'answered', reply: record.reply };
    if (record.owner === id) return { kind: 'queued' };
    if (record.waiting.size >= waitersMax) return refused('OVERLOADED');
    record.waiting.set(id, inbox);
    return { kind: 'queued' };
  }

  /** Remembers that a request was added. */
  begin({ key, id }: KeyedEntry, now: number): void {
    const record = { print: key.print, owner: id, waiting: new Map(), endsAt: now + runMsMax };
    const name = nameOf(key);
    this.#records.set(name, record);
    // It may have ended once without a reply to keep: it is not forgotten before it ends.
    this.#kept.delete(name);
  }

  /** Keeps the reply and answers the frames for all who wait. */
  settle(end: KeyedEnd, isFirst: boolean, now: number): Frame[] {
    const { key, id, inbox, reply, kept } = end;
    const frames = reply ? [{ inbox, text: encodeReply({ id, ...reply }) }] : [];
    const record = this.#find(key, now);
    if (record && record.print !== key.print) return frames;
    if (record?.reply && isFinal(record.reply)) return frames;
    if (!kept && (record?.reply || record?.owner !== id || !isFirst)) return frames;
    for (const [waiter, to] of record?.waiting ?? []) {
      const text = encodeReply({ id: waiter, ...(reply ?? askAgain) });
      frames.push({ inbox: to, text });
    }
    this.#forget(nameOf(key));
    this.#keep(key, { owner: id, reply: kept ?? 'again', endsAt: now + key.keepMs });
    this.#makeRoom(now);
    return frames;
  }

  #keep(key: RequestKey, part: Required<Pick<KeyRecord, 'owner' | 'endsAt' | 'reply'>>): void {
    const name = nameOf(key);
    this.#records.set(name, { print: key.print, waiting: new Map(), ...part });
    this.#kept.add(name);
  }

  #find(key: RequestKey, now: number): KeyRecord | undefined {
    const record = this.#records.get(nameOf(key));
    return record && record.endsAt > now ? record : undefined;
  }

  #makeRoom(now: number): void {
    for (const name of this.#kept) {
      const isOver = this.#kept.size > keptMax || (this.#records.get(name)?.endsAt ?? 0) <= now;
      if (!isOver) return;
      this.#forget(name);
    }
  }

  #forget(name: string): void {
    this.#records.delete(name);
    this.#kept.delete(name);
  }
}

const askAgain = { kind: 'A', body: '' } as const;

function refused(reason: (KeyedAnswer & { kind: 'refused' })['reason']): KeyedAnswer {
  return { kind: 'refused', reason };
}

/** No reply, and UNKNOWN_OUTCOME, give way to the one of a replica that was only held for dead. */
function isFinal(reply: KeptReply | 'again'): boolean {
  if (reply === 'again') return false;
  return reply.kind !== 'T' || !reply.body.startsWith('{"code":"UNKNOWN_OUTCOME"');
}

function nameOf({ sender, pattern, key }: RequestKey): string {
  return JSON.stringify([sender, pattern, key]);
}
