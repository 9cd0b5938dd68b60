import type { Redis } from 'ioredis';
import type { KeyNames } from '../broker/key-names.js';
import type {
  Completion,
  ConsumerPort,
  ConsumerSpec,
  Delivery,
  Frame,
  Queue,
  TendOptions,
} from '../broker/port.js';
import type { RawFields, TransportCommands } from './commands.js';
import type { Denials } from './denials.js';

type ReadAnswer = [stream: string, entries: [id: string, fields: RawFields | null][]][] | null;

/** With less room than queues each look is short, so that no queue waits long for its turn. */
const shortWaitMs = 20;
/** A server may hand work to a connection it does not know to be dead: look it up now and then. */
const recoverMs = 5_000;
const recoverMax = 1_000;
/** A read that has not come back this long after its end belongs to a dead connection. */
const lateReadMs = 4_000;

/** What a consumer shares with its broker, and the connection that is its own. */
export interface ConsumerConnections {
  readonly commands: Redis & TransportCommands;
  readonly reader: Redis;
  readonly denials: Denials;
}

/** One member of a group on Redis Streams, with a connection of its own for blocking reads. */
export class RedisConsumer implements ConsumerPort {
  readonly #keys: KeyNames;
  readonly #spec: ConsumerSpec;
  readonly #commands: Redis & TransportCommands;
  readonly #reader: Redis;
  readonly #denials: Denials;
  readonly #queueByStream: Map<string, Queue>;
  #readerId: number | undefined;
  #mustRecover = true;
  #isLeaving = false;
  #turn = 0;
  #recoveredAt = 0;

  constructor(spec: ConsumerSpec, keys: KeyNames, connections: ConsumerConnections) {
    this.#spec = spec;
    this.#keys = keys;
    this.#commands = connections.commands;
    this.#reader = connections.reader;
    this.#denials = connections.denials;
    this.#queueByStream = new Map(spec.queues.map((queue) => [keys.stream(queue), queue]));
    // What a broken connection was given is in this consumer's name, but was never seen.
    this.#reader.on('close', () => (this.#mustRecover = true));
    this.#reader.on('ready', () => void this.#learnId());
    if (this.#reader.status === 'ready') void this.#learnId();
  }

  async tend(options: TendOptions): Promise<Delivery[]> {
    const { queues } = this.#spec;
    const answers = await Promise.all(queues.map((queue) => this.#tendQueue(queue, options)));
    return answers.flat();
  }

  async read(room: number, waitMs: number): Promise<Delivery[]> {
    if (this.#isLeaving) return [];
    if (this.#reader.status !== 'ready') await this.#whenReadable(waitMs);
    const isDue = Date.now() - this.#recoveredAt > recoverMs;
    if (this.#mustRecover || isDue) {
      const found = await this.#recover();
      if (found.length > 0) return found;
    }
    const all = [...this.#queueByStream.keys()];
    const streams = all.length > room ? this.#nextTurn(all, room) : all;
    const count = Math.max(1, Math.floor(room / streams.length));
    const blockMs = streams.length < all.length ? Math.min(waitMs, shortWaitMs) : waitMs;
    return this.#toDeliveries(await this.#readGroup(streams, count, blockMs));
  }

  interrupt(): void {
    this.#isLeaving = true;
    // Where this command is forbidden, the read ends by itself within its wait.
    if (this.#readerId) this.#commands.client('UNBLOCK', this.#readerId).catch(() => {});
  }

  async finish(queue: Queue, completions: Completion[], frames: Frame[]): Promise<void> {
    const done = completions.filter(({ kind }) => kind === 'done').map(({ id }) => id);
    const failures = completions.flatMap((completion) => failureArguments(completion));
    const replies = frames.filter(({ inbox }) => this.#keys.isInbox(inbox));
    const work = this.#commands.nxFinish(
      this.#keys.stream(queue),
      this.#keys.later(queue, this.#spec.group),
      this.#keys.deadLetters(queue),
      this.#spec.group,
      this.#spec.consumer,
      queue.kind === 'requests' ? 'delete' : 'keep',
      done.length,
      ...done,
      completions.length - done.length,
      ...failures,
      ...replies.flatMap(({ inbox, text }) => [inbox, text]),
    );
    const [, ...refused] = await this.#denials.watch(`finish ${named(queue)}`, work);
    for (const inbox of refused) this.#denials.tell(`reply to '${inbox}'`);
  }

  async leave(): Promise<void> {
    this.#isLeaving = true;
    const { group, consumer, queues } = this.#spec;
    const left = queues.map((queue) =>
      this.#commands.nxLeave(
        this.#keys.stream(queue),
        this.#keys.presence(queue, group),
        group,
        consumer,
      ),
    );
    await Promise.allSettled(left);
    this.#reader.disconnect();
  }

  async #tendQueue(queue: Queue, { room, isDraining }: TendOptions): Promise<Delivery[]> {
    const { group, consumer, deadAfterMs, keepEventsMs } = this.#spec;
    const work = this.#commands.nxTend(
      this.#keys.stream(queue),
      this.#keys.presence(queue, group),
      this.#keys.later(queue, group),
      group,
      consumer,
      deadAfterMs,
      room,
      isDraining ? 'draining' : 'serving',
      queue.kind === 'events' ? keepEventsMs : -1,
    );
    const brought = await this.#denials.watch(`read ${named(queue)}`, work);
    return brought.map(([id, fields, attempt]) => toDelivery(queue, id, fields, attempt));
  }

  /** Only between two reads: what a read under way brings must not come a second time. */
  async #recover(): Promise<Delivery[]> {
    const { group, consumer, queues } = this.#spec;
    this.#mustRecover = false;
    this.#recoveredAt = Date.now();
    const look = async (queue: Queue) => {
      const [stream, later] = [this.#keys.stream(queue), this.#keys.later(queue, group)];
      const work = this.#commands.nxRecover(stream, later, group, consumer, recoverMax);
      const found = await this.#denials.watch(`read ${named(queue)}`, work);
      return found.map(([id, fields, attempt]) => toDelivery(queue, id, fields, attempt));
    };
    try {
      return (await Promise.all(queues.map(look))).flat();
    } catch (error) {
      this.#mustRecover = true;
      throw error;
    }
  }

  async #readGroup(streams: string[], count: number, blockMs: number): Promise<ReadAnswer> {
    const { group, consumer } = this.#spec;
    const watch = setTimeout(() => this.#reader.disconnect(true), blockMs + lateReadMs);
    try {
      const work = this.#reader.call(
        'XREADGROUP',
        'GROUP',
        group,
        consumer,
        'COUNT',
        count,
        'BLOCK',
        blockMs,
        'STREAMS',
        ...streams,
        ...streams.map(() => '>'),
      ) as Promise<ReadAnswer>;
      return await this.#denials.watch(`read ${this.#spec.queues.map(named).join(', ')}`, work);
    } finally {
      clearTimeout(watch);
    }
  }

  #toDeliveries(answer: ReadAnswer): Delivery[] {
    const deliveries: Delivery[] = [];
    for (const [stream, entries] of answer ?? []) {
      const queue = this.#queueByStream.get(stream);
      if (!queue) continue;
      for (const [id, fields] of entries) {
        deliveries.push(toDelivery(queue, id, fields ?? [], 1));
      }
    }
    return deliveries;
  }

  #nextTurn(streams: string[], room: number): string[] {
    this.#turn = (this.#turn + room) % streams.length;
    return [...streams.slice(this.#turn), ...streams.slice(0, this.#turn)].slice(0, room);
  }

  async #learnId(): Promise<void> {
    this.#readerId = await this.#reader.client('ID').catch(() => undefined);
  }

  #whenReadable(waitMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, waitMs);
      this.#reader.once('ready', () => {
        clearTimeout(timer);
        resolve();
      });
    });
  }
}

function named({ kind, name }: Queue): string {
  return kind === 'events' ? `the events of '${name}'` : `the requests to '${name}'`;
}

function toDelivery(queue: Queue, id: string, fields: RawFields, attempt: number): Delivery {
  let header = '';
  let body = '';
  for (let i = 0; i < fields.length; i += 2) {
    if (fields[i] === 'h') header = fields[i + 1] ?? '';
    else if (fields[i] === 'd') body = fields[i + 1] ?? '';
  }
  return { queue, id, header, body, attempt };
}

function failureArguments(completion: Completion): (string | number)[] {
  switch (completion.kind) {
    case 'done':
      return [];
    case 'retry':
      return ['retry', completion.id, completion.delayMs, '', ''];
    case 'dead': {
      const { id, attempt, reason, stack } = completion;
      return ['dead', id, attempt, reason, stack];
    }
  }
}
