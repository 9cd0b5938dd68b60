import type { KeyNames } from '../broker/key-names.js';
import type { Completion, ConsumerSpec, Frame, Mark, TendOptions } from '../broker/port.js';
import type { Queue } from '../broker/queue.js';
import { TransportError } from '../errors.js';
import { systemTime } from '../protocol/time.js';
import { WakeTimer } from '../protocol/wake-timer.js';
import type { CommandConnection } from './commands.js';
import type { Denials } from './denials.js';
import { DueEvents } from './due-events.js';
import { foundDelivery, type StoredDelivery } from './entries.js';
import { named, type GroupQueueParts } from './group-parts.js';
import type { Holdings } from './holdings.js';
import { settleKeyed, type Settlement } from './keyed-requests.js';

const recoverMax = 1_000;

/** What one member of a group does with one of its queues: the scripts with their keys. */
export class GroupQueue {
  readonly queue: Queue;
  readonly stream: string;
  /** It is the urgent lane of requests, and an access list of the release before knows of none. */
  isForbidden = false;
  /** What is due later; requests are not. */
  readonly due: DueEvents | undefined;
  readonly #spec: ConsumerSpec;
  readonly #keys: KeyNames;
  readonly #commands: CommandConnection;
  readonly #denials: Denials;
  readonly #holdings: Holdings;
  readonly #presence: string;
  readonly #later: string;
  readonly #state: string;
  readonly #said: string;
  readonly #marks: string;
  readonly #deadLetters: string;
  readonly #workChannel: string;
  readonly #isReply: (frame: Frame) => boolean;
  readonly #deaths: WakeTimer;

  constructor(queue: Queue, parts: GroupQueueParts) {
    const { spec, keys, commands, denials, holdings } = parts;
    const { group } = spec;
    this.queue = queue;
    this.#spec = spec;
    this.#keys = keys;
    this.#commands = commands;
    this.#denials = denials;
    this.#holdings = holdings;
    this.stream = keys.stream(queue);
    this.due = queue.kind === 'events' ? new DueEvents(queue, parts) : undefined;
    this.#presence = keys.presence(queue, group);
    this.#later = keys.later(queue, group);
    this.#state = keys.state(queue, group);
    this.#said = keys.said(queue, group);
    this.#marks = keys.marks(queue, group);
    this.#deadLetters = keys.deadLetters(queue);
    this.#workChannel = keys.work(group);
    this.#isReply = ({ inbox }) => keys.isInbox(inbox);
    this.#deaths = new WakeTimer(systemTime, () => spec.onWork?.());
  }

  /** Announces this member and brings what it should run; nothing while its group is made again. */
  async tend(options: TendOptions): Promise<StoredDelivery[]> {
    if (this.isForbidden) return [];
    const tending = this.#watch('read', this.#tend(options));
    // It goes out with the heartbeat, behind it, and its failure is none of this member's.
    void this.due?.add();
    const answer = await this.#unlessForbidden(tending);
    if (!answer) return [];
    if (answer[0] === 'ok') {
      const [, nextDeathMs, ...found] = answer;
      // The work of one that dies is taken over at once, not with the next heartbeat.
      this.#deaths.set(nextDeathMs < 0 ? undefined : nextDeathMs);
      return found.map((entry) => foundDelivery(this.queue, entry));
    }
    const [, last, open] = answer;
    const isThere = await this.#watch('read', this.#rebuild(last, open));
    return isThere ? this.tend(options) : [];
  }

  async #unlessForbidden<T>(work: Promise<T>): Promise<T | undefined> {
    try {
      return await work;
    } catch (error) {
      const isDenied = error instanceof TransportError && error.code === 'DENIED';
      if (!isDenied || !this.queue.lane) throw error;
      this.isForbidden = true;
      return undefined;
    }
  }

  /** Only between two reads: what a read under way brings must not come a second time. */
  async recover(): Promise<StoredDelivery[]> {
    if (this.isForbidden) return [];
    const { group, consumer } = this.#spec;
    const work = this.#commands.nxRecover(
      this.stream,
      this.#later,
      this.#marks,
      group,
      consumer,
      recoverMax,
    );
    const found = await this.#watch('read', work);
    return found.map((entry) => foundDelivery(this.queue, entry));
  }

  async mark(marks: readonly Mark[]): Promise<void> {
    const pairs = marks.flatMap(({ id, handler }) => [id, handler]);
    const work = this.#commands.nxMark(this.stream, this.#marks, this.#spec.group, ...pairs);
    await this.#watch('finish', work);
  }

  async finish(completions: readonly Completion[], frames: readonly Frame[]): Promise<void> {
    const settlements: Settlement[] = [];
    const others: Completion[] = [];
    for (const completion of completions) {
      const keyed = completion.kind === 'done' ? completion.keyed : undefined;
      if (keyed) settlements.push({ entry: completion.id, keyed });
      else others.push(completion);
    }
    const works: Promise<string[]>[] = [];
    if (settlements.length > 0) works.push(this.#settle(settlements));
    if (others.length > 0) works.push(this.#finish(others, frames));
    for (const refused of await Promise.all(works)) {
      for (const inbox of refused) this.#denials.tell(`reply to '${inbox}'`);
    }
    this.#holdings.settle(this.queue, completions);
    if (this.due) this.#expectRetries(this.due, completions);
  }

  #expectRetries(due: DueEvents, completions: readonly Completion[]): void {
    for (const completion of completions) {
      if (completion.kind === 'retry') due.retryIn(completion.delayMs);
    }
  }

  #settle(settlements: readonly Settlement[]): Promise<string[]> {
    const work = settleKeyed(this.#commands, this.#keys, this.queue, settlements);
    return this.#watch('finish', work);
  }

  async #finish(completions: readonly Completion[], frames: readonly Frame[]): Promise<string[]> {
    const { group, consumer } = this.#spec;
    const done: string[] = [];
    const failures: (string | number)[] = [];
    for (const completion of completions) {
      if (completion.kind === 'done') done.push(completion.id);
      else failures.push(...failureArguments(completion));
    }
    const work = this.#commands.nxFinish(
      this.stream,
      this.#later,
      this.#deadLetters,
      this.#marks,
      this.#state,
      group,
      consumer,
      this.queue.kind === 'requests' ? 'delete' : 'keep',
      done.length,
      ...done,
      completions.length - done.length,
      ...failures,
      ...frames.filter(this.#isReply).flatMap(({ inbox, text }) => [inbox, text]),
    );
    const [, ...refused] = await this.#watch('finish', work);
    return refused;
  }

  async handBack(ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    const { group, consumer } = this.#spec;
    for (const id of ids) this.#holdings.release(this.queue, id);
    await this.#commands.nxHandBack(this.stream, group, consumer, this.#workChannel, ...ids);
  }

  stopWaking(): void {
    this.due?.stop();
    this.#deaths.stop();
  }

  async leave(): Promise<void> {
    this.stopWaking();
    if (this.isForbidden) return;
    const { group, consumer } = this.#spec;
    const keys = [this.stream, this.#presence, this.#state];
    await this.#commands.nxLeave(...keys, group, consumer, this.#workChannel);
  }

  #tend({ room, isDraining }: TendOptions) {
    const { group, consumer, deadAfterMs, keepEventsMs } = this.#spec;
    return this.#commands.nxTend(
      this.stream,
      this.#presence,
      this.#later,
      this.#state,
      this.#marks,
      group,
      consumer,
      deadAfterMs,
      room,
      isDraining ? 'draining' : 'serving',
      this.queue.kind === 'events' ? keepEventsMs : -1,
    );
  }

  async #rebuild(last: string, open: string): Promise<boolean> {
    const { group, consumer, deadAfterMs } = this.#spec;
    const known = new Set(open.split(' ').filter((_, n) => n % 2 === 0));
    const { held, finished } = this.#holdings.testify(this.queue, last, known);
    const answer = await this.#commands.nxRebuild(
      this.stream,
      this.#presence,
      this.#state,
      this.#said,
      group,
      consumer,
      deadAfterMs,
      held.length,
      ...held.flat(),
      ...finished,
    );
    return answer === 1;
  }

  #watch<T>(act: 'read' | 'finish', work: Promise<T>): Promise<T> {
    return this.#denials.watch(`${act} ${named(this.queue)}`, work);
  }
}

function failureArguments(completion: Exclude<Completion, { kind: 'done' }>): (string | number)[] {
  if (completion.kind === 'retry') return ['retry', completion.id, completion.delayMs, '', ''];
  const { id, attempt, reason, stack } = completion;
  return ['dead', id, attempt, reason, stack];
}
