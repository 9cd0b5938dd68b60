import { keyNames, type KeyNames } from '../broker/key-names.js';
import type { Queue } from '../broker/queue.js';
import { pause, systemTime } from '../protocol/time.js';
import { headerOf } from '../wire/event-header.js';
import type { RedisAddress } from './addresses.js';
import type { RawFields, RedriveAnswer } from './commands.js';
import type { Deployment } from './deployment.js';
import { fieldsOf } from './entries.js';
import { makeDeployment } from './make-deployment.js';

/** A message that its group gave up. */
export interface DeadLetter {
  /** Its own id, which says when it was given up. */
  readonly id: string;
  /** The id that the message had in its queue. */
  readonly originalId: string;
  /** The service that could not handle it. */
  readonly group: string;
  /** Missing where the message could not be decoded. */
  readonly pattern: string | undefined;
  /** What its last run failed with, in a line. */
  readonly reason: string;
  /** Runs it had. */
  readonly attempts: number;
  /** Where the last run failed; empty where it had none. */
  readonly stack: string;
}

/** Which letters: those that agree with everything given. */
export interface DeadLetterFilter {
  /** Text that is part of the reason. */
  readonly reason?: string;
  /** The pattern or topic, as a whole. */
  readonly pattern?: string;
  /** The service that gave it up, as a whole. */
  readonly group?: string;
}

/** Which letters to put back, and how fast. */
export interface RedriveOptions extends DeadLetterFilter {
  /** Letters per second at most. Default: as fast as it goes. */
  readonly rate?: number;
}

/** What became of the letters that were asked for. */
export interface Redriven {
  /** They are before their group again, as if new to it. */
  readonly moved: number;
  /** Somebody else moved them first. */
  readonly gone: number;
  /** Their group is not there: they stay where they are. */
  readonly noGroup: number;
}

const pageMax = 100;
/** Before it is known how large they are. */
const firstPage = 10;
const pageCharactersMax = 16 * 1024 * 1024;

/**
 * The dead letters of a Redis. A letter is in one place at any time: redriving it twice, or from two
 * places, runs it once more and no oftener. It goes to its own group alone, and repeats no handler
 * that was done with it.
 */
export class DeadLetters {
  readonly #keys: KeyNames;
  readonly #deployment: Deployment;

  constructor(options: RedisAddress & { readonly prefix?: string }) {
    this.#keys = keyNames(options.prefix);
    this.#deployment = makeDeployment(options, 'transport-dead-letters');
  }

  /** Rejects when Redis does not answer within `waitMs`. */
  connect(waitMs = 10_000): Promise<void> {
    return this.#deployment.connect(waitMs);
  }

  /** Lets what is under way finish and disconnects. */
  close(): Promise<void> {
    return this.#deployment.close();
  }

  /** Drops the connection of one that never came about. */
  destroy(): void {
    this.#deployment.destroy();
  }

  /** The letters there are now, the oldest first; one that comes meanwhile is not among them. */
  async *list(queue: Queue, filter: DeadLetterFilter = {}): AsyncGenerator<DeadLetter> {
    const key = this.#keys.deadLetters(queue);
    const { commands } = this.#deployment;
    const [last] = await commands.xrevrange(key, '+', '-', 'COUNT', 1);
    if (!last) return;
    let from = '-';
    let count = firstPage;
    for (;;) {
      const page = await commands.xrange(key, from, last[0], 'COUNT', count);
      for (const [id, fields] of page) {
        const letter = letterOf(queue, id, fieldsOf(fields));
        if (isAskedFor(letter, filter)) yield letter;
      }
      const end = page.at(-1);
      if (!end || page.length < count) return;
      from = `(${end[0]}`;
      count = nextCount(page);
    }
  }

  /** Puts letters back where they failed. One that fails again meanwhile is not moved again. */
  async redrive(queue: Queue, options: RedriveOptions = {}): Promise<Redriven> {
    const counts: Record<RedriveAnswer, number> = { moved: 0, gone: 0, 'no-group': 0 };
    const { rate = Infinity } = options;
    const since = systemTime.now();
    const size = Math.max(1, Math.min(pageMax, Math.floor(rate)));
    let batch: string[] = [];
    let sent = 0;
    const send = async () => {
      const early = since + (sent / rate) * 1_000 - systemTime.now();
      if (early > 0) await pause(systemTime, early);
      sent += batch.length;
      for (const answer of await this.#move(queue, batch)) counts[answer] += 1;
      batch = [];
    };
    for await (const { id } of this.list(queue, options)) {
      if (batch.push(id) >= size) await send();
    }
    if (batch.length > 0) await send();
    return { moved: counts.moved, gone: counts.gone, noGroup: counts['no-group'] };
  }

  #move(queue: Queue, ids: readonly string[]): Promise<RedriveAnswer[]> {
    const { deadLetters, stream, last } = this.#keys;
    const keys = [deadLetters, stream, last].map((key) => key(queue));
    return this.#deployment.commands.nxRedrive(...keys, ...ids);
  }
}

function letterOf(queue: Queue, id: string, fields: Readonly<Record<string, string>>): DeadLetter {
  const text = (name: string) => fields[name] ?? '';
  return {
    id,
    originalId: text('id'),
    group: text('group'),
    pattern: headerOf({ header: text('h'), id, queue })?.p,
    reason: text('reason'),
    attempts: Number(text('attempts')),
    stack: text('stack'),
  };
}

/** Letters hold payloads whole: as many as are not too much at once, if they are like those before. */
function nextCount(page: readonly [id: string, fields: RawFields][]): number {
  let characters = 1;
  for (const [, fields] of page) for (const field of fields) characters += field.length;
  const fitting = Math.floor((pageCharactersMax * page.length) / characters);
  return Math.max(1, Math.min(pageMax, fitting));
}

function isAskedFor(letter: DeadLetter, { reason, pattern, group }: DeadLetterFilter): boolean {
  return (
    (reason === undefined || letter.reason.includes(reason)) &&
    (pattern === undefined || letter.pattern === pattern) &&
    (group === undefined || letter.group === group)
  );
}
