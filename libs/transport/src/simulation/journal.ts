import type { Delivery, Entry, EventEntry } from '../broker/port.js';
import type { Step } from './plan.js';

/** A process as whoever looks on sees it. */
export interface Witnessed {
  readonly name: string;
  readonly isDead: boolean;
  /** For how long nothing has stood in its way, milliseconds. */
  readonly soundForMs: number;
}

/** One call of a handler, as seen from outside all processes. */
export interface Run {
  readonly n: number;
  readonly on: string;
  readonly group: string;
  /** Which of several handlers of its group. */
  readonly handler: number;
  readonly attempt: number;
  readonly process: Witnessed;
  readonly startedAt: number;
  readonly deadline: number;
  /** `Infinity` while it runs. */
  endedAt: number;
  hasEffect: boolean;
  end: 'well' | 'refusing' | 'failing' | undefined;
}

/** How a request or event ended for who sent it. */
export type End =
  | { readonly kind: 'value'; readonly run: number | undefined }
  | { readonly kind: 'refusal' }
  | { readonly kind: 'error'; readonly code: string };

/** A step of the workload that was taken. */
export interface Sent {
  readonly step: Step;
  readonly process: Witnessed;
  readonly sentAt: number;
  readonly ends: End[];
  endedAt: number;
  /** Whether there was somebody to do it when it ended. */
  wasServed: boolean;
}

/** What really happened, which no process knows as a whole. */
export class Journal {
  readonly runs: Run[] = [];
  readonly sent: Sent[] = [];
  /** The events of one slot, as they lie in the stream. */
  readonly inOrder: { readonly topic: string; readonly on: string }[] = [];
  /** Work that the server gave from one member of a group to another: by message. */
  readonly takeovers: string[] = [];
  /** Work that was taken from a member nothing was wrong with. */
  readonly robbed: string[] = [];
  /** Messages that the server lost after it had them. */
  readonly lost = new Set<string>();
  readonly consumers = new Map<string, Witnessed>();
  /** Consumers that the server has heard of. */
  readonly announced = new Set<string>();
  /** When the server forgot something, on its clock. */
  readonly lossesAt: number[] = [];
  /** Requests and events whose sender still waits for their end. */
  open = 0;
  isServed: () => boolean = () => false;
  /** Since when the server has answered without a break. */
  serverSoundSince = 0;
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  run(part: Omit<Run, 'n' | 'hasEffect' | 'end' | 'endedAt'>): Run {
    const run: Run = Object.assign(part, {
      n: this.runs.length,
      endedAt: Infinity,
      hasEffect: false,
      end: undefined,
    });
    this.runs.push(run);
    return run;
  }

  emitted(topic: string, entries: readonly EventEntry[]): void {
    for (const { slot, body } of entries) {
      if (slot !== undefined) this.inOrder.push({ topic, on: subjectOf(body) ?? '' });
    }
  }

  loses(entries: readonly Entry[]): void {
    this.lossesAt.push(this.#now());
    for (const { header, body } of entries) this.lost.add(subjectOf(body) ?? header);
  }

  takenOver({ takenFrom = '', body, header }: Delivery, group: string): void {
    const on = subjectOf(body) ?? header;
    this.takeovers.push(`${on} of ${group}`);
    const from = this.consumers.get(takenFrom);
    if (from && from.soundForMs > soundMs && this.#serverSoundForMs > soundMs) {
      this.robbed.push(`${on} from ${takenFrom}`);
    }
  }

  begin(sent: Sent): void {
    this.sent.push(sent);
    this.open += 1;
  }

  /** What its sender no longer waits for. */
  abandon(process: Witnessed): void {
    for (const sent of this.sent) {
      if (sent.process === process && sent.ends.length === 0) this.open -= 1;
    }
  }

  end(sent: Sent, end: End): void {
    if (sent.ends.length === 0) this.open -= 1;
    sent.ends.push(end);
    sent.endedAt = this.#now();
    sent.wasServed = this.isServed();
  }

  get #serverSoundForMs(): number {
    return this.#now() - this.serverSoundSince;
  }
}

/** A member is heard every second and dead after three: nobody sound is silent for this long. */
const soundMs = 4_500;

export function subjectOf(body: string): string | undefined {
  const end = body.indexOf('"', 7);
  return body.startsWith('{"on":"') ? body.slice(7, end) : undefined;
}
