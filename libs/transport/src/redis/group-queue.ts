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
import { GroupOrder, type FinishArguments } from './group-order.js';
import { named, type GroupQueueParts } from './group-parts.js';
import type { Holdings } from './holdings.js';
import { settleKeyed, type Settlement } from './keyed-requests.js';

const recoverMax = 1_000;
const nothing: Promise<readonly StoredDelivery[]> = Promise.resolve([]);

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
  readonly #bodies: GroupQueueParts['bodies'];
  readonly #replies: GroupQueueParts['replies'];
  readonly #presence: string;
  readonly #later: string;
  readonly #state: string;
  readonly #said: string;
  readonly #marks: string;
  readonly #deadLetters: string;
  readonly #workChannel: string;
  readonly #order: GroupOrder;
  readonly #deaths: WakeTimer;

  constructor(queue: Queue, parts: GroupQueueParts) {
    const { spec, keys, commands, denials, holdings, bodies, replies } = parts;
    const { group } = spec;
    this.queue = queue;
    this.#spec = spec;
    this.#keys = keys;
    this.#commands = commands;
    this.#denials = denials;
    this.#holdings = holdings;
    this.#bodies = bodies;
    this.#replies = replies;
    this.stream = keys.stream(queue);
    this.due = queue.kind === 'events' ? new DueEvents(queue, parts) : undefined;
    this.#presence = keys.presence(queue, group);
    this.#later = keys.later(queue, group);
    this.#state = keys.state(queue, group);
    this.#said = keys.said(queue, group);
    this.#marks = keys.marks(queue, group);
    this.#deadLetters = keys.deadLetters(queue);
    this.#workChannel = keys.work(group);
    this.#order = new GroupOrder(queue, { spec, keys, commands });
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
      const [, nextDeathMs, waiting, ...found] = answer;
      // The work of one that dies is taken over at once, not with the next heartbeat.
      this.#deaths.set(nextDeathMs < 0 ? undefined : nextDeathMs);
      const runnable = await this.runnable(found.map((entry) => foundDelivery(this.queue, entry)));
      const room = options.room - runnable.length;
      if (!this.#order.mustSweep(waiting) || room <= 0) return runnable;
      return [...runnable, ...(await this.#watch('read', this.#order.sweep(room)))];
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
    this.#order.isUnsure = false;
    const work = this.#commands.nxRecover(
      this.stream,
      this.#later,
      this.#marks,
      group,
      consumer,
      recoverMax,
    );
    const found = await this.#watch('read', work);
    return this.runnable(found.map((entry) => foundDelivery(this.queue, entry)));
  }

  /** Those that may run now; the others wait for one before them and come when it has ended. */
  async runnable(deliveries: StoredDelivery[]): Promise<StoredDelivery[]> {
    if (!deliveries.some(({ order }) => order)) return deliveries;
    return this.#watch('read', this.#order.runnable(deliveries));
  }

  /** What this member was given may be more than it has seen. */
  get isUnsure(): boolean {
    return this.#order.isUnsure;
  }

  /** So many wait for one before them that no more are to be read. */
  get isHeldUp(): boolean {
    return this.#order.isHeldUp;
  }

  async mark(marks: readonly Mark[]): Promise<void> {
    const pairs = marks.flatMap(({ id, handler }) => [id, handler]);
    const work = this.#commands.nxMark(this.stream, this.#marks, this.#spec.group, ...pairs);
    await this.#watch('finish', work);
  }

  /** Answers what waited for these, unless this member takes no more. */
  async finish(
    completions: readonly Completion[],
    frames: readonly Frame[],
    mayTake: boolean,
  ): Promise<readonly StoredDelivery[]> {
    const [full, free] = this.#split(completions);
    const next = full.length > 0 ? this.#finishFull(full, mayTake) : nothing;
    const settlements: Settlement[] = [];
    const others: Completion[] = [];
    for (const completion of free) {
      const keyed = completion.kind === 'done' ? completion.keyed : undefined;
      if (keyed) settlements.push({ entry: completion.id, keyed });
      else others.push(completion);
    }
    const works: Promise<void>[] = [];
    if (settlements.length > 0) works.push(this.#settle(settlements));
    if (others.length > 0) works.push(this.#finish(others, frames));
    const [handedOn] = await Promise.all([next, ...works]);
    this.#holdings.settle(this.queue, completions);
    this.#bodies.end(this.queue, completions);
    if (this.due) this.#expectRetries(this.due, completions);
    return handedOn;
  }

  #expectRetries(due: DueEvents, completions: readonly Completion[]): void {
    for (const completion of completions) {
      if (completion.kind === 'retry') due.retryIn(completion.delayMs);
    }
  }

  /** What others may wait for or lies apart where it must not stay, and what needs nothing more. */
  #split(
    completions: readonly Completion[],
  ): [full: readonly Completion[], free: readonly Completion[]] {
    const { queue } = this;
    const isPlain = !this.#order.isAny && !this.#bodies.isAny;
    if (isPlain || queue.kind === 'requests') return [[], completions];
    const isFull = ({ id, kind }: Completion) =>
      (kind !== 'retry' && this.#order.holds(id)) ||
      (kind === 'dead' && this.#bodies.holds(queue, id));
    return [completions.filter(isFull), completions.filter((one) => !isFull(one))];
  }

  async #finishFull(completions: readonly Completion[], mayTake: boolean) {
    const all = this.#finishArguments(completions);
    const work = this.#order.finish(completions, all, mayTake);
    return this.#watch('finish', work);
  }

  async #settle(ends: readonly Settlement[]): Promise<void> {
    const settlements = await this.#replies.bodies.apartKeyed(ends);
    const work = settleKeyed(this.#commands, this.#keys, this.queue, settlements);
    const refused = await this.#watch('finish', work);
    for (const inbox of refused) this.#denials.tell(`reply to '${inbox}'`);
  }

  async #finish(completions: readonly Completion[], frames: readonly Frame[]): Promise<void> {
    const { keys, values } = this.#finishArguments(completions);
    const finish = () => this.#watch('finish', this.#commands.nxFinish(...keys, ...values));
    if (frames.length > 0) await this.#replies.sendBefore(this.stream, frames, finish);
    else await finish();
  }

  #finishArguments(completions: readonly Completion[]): FinishArguments {
    const { group, consumer } = this.#spec;
    const done: string[] = [];
    const failures: (string | number)[] = [];
    for (const completion of completions) {
      if (completion.kind === 'done') done.push(completion.id);
      else failures.push(...failureArguments(completion));
    }
    return {
      keys: [this.stream, this.#later, this.#deadLetters, this.#marks, this.#state],
      values: [
        group,
        consumer,
        this.queue.kind === 'requests' ? 'delete' : 'keep',
        done.length,
        ...done,
        completions.length - done.length,
        ...failures,
      ],
    };
  }

  async handBack(ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    const { group, consumer } = this.#spec;
    for (const id of ids) {
      this.#holdings.release(this.queue, id);
      this.#bodies.release(this.queue, id);
    }
    this.#order.forget(ids);
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
      this.#keys.bodies(this.queue),
      this.#keys.body(this.queue),
      this.#keys.reads(this.queue),
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
  if (completion.kind === 'retry') {
    return ['retry', completion.id, completion.delayMs, completion.attempt, ''];
  }
  const { id, attempt, reason, stack } = completion;
  return ['dead', id, attempt, reason, stack];
}
