import { setTimeout as pause } from 'node:timers/promises';
import { until } from '../cluster.js';
import type { Platform } from '../platform.js';
import { Arrivals } from './arrivals.js';
import { Auditor } from './audit.js';
import { Ledger, type Audit } from './ledger.js';
import { Mix, type Journey } from './mix.js';
import { dueBetween, figuresOf, summaryOf, type Figures } from './samples.js';
import { openMarket, type Market } from './shoppers.js';
import { Visitor } from './visitor.js';

/** The least that is promised is 100. */
const PER_SECOND = 110;
/** How long it is watched before and after what happens, milliseconds. */
const WATCHED_MS = 5_000;

/** A part of what happens. */
interface Span {
  readonly what: string;
  readonly from: number;
  readonly to: number;
}

/** What happens; it may bring more people of one journey, and name its parts. */
type Happening = (tools: {
  rush(journey: Journey, perSecond: number): void;
  step(what: string, act: () => Promise<unknown>): Promise<void>;
}) => Promise<unknown>;

/** What people saw while something happened to the platform. */
export interface Case extends Audit {
  readonly name: string;
  readonly before: Figures;
  readonly during: Figures;
  readonly after: Figures;
  /** Of the whole while. */
  readonly all: Figures;
  /** When it began and ended to happen, by `performance.now()`. */
  readonly from: number;
  readonly to: number;
  readonly steps: readonly { readonly span: Span; readonly figures: Figures }[];
  /** Requests whose outcome nobody knew, and that were sent again with their key afterwards. */
  readonly repeated: number;
}

/**
 * People who use a platform through its ingress, at least a hundred requests a second, and the books of
 * what they ordered.
 */
export class Load {
  readonly cases: Case[] = [];
  private readonly ledger = new Ledger();

  private constructor(
    private readonly platform: Platform,
    private readonly market: Market,
  ) {}

  static async prepare(platform: Platform): Promise<Load> {
    return new Load(platform, await openMarket(platform));
  }

  /** Does something to the platform while people use it, then compares the books. */
  async during(name: string, happen: Happening): Promise<Case> {
    const visitor = new Visitor(this.platform);
    const mix = new Mix(visitor, this.market, this.ledger);
    const arrivals = [new Arrivals(PER_SECOND, (dueAt) => void mix.next(dueAt))];
    const rush = (journey: Journey, perSecond: number) => {
      const more = new Arrivals(perSecond, (dueAt) => void mix.next(dueAt, journey));
      arrivals.push(more);
      more.start();
    };
    const steps: Span[] = [];
    const step = async (what: string, act: () => Promise<unknown>) => {
      const since = performance.now();
      await act();
      steps.push({ what, from: since, to: performance.now() });
    };
    const start = performance.now();
    arrivals[0]?.start();
    let [from, to] = [start, start];
    try {
      await pause(WATCHED_MS);
      from = performance.now();
      await happen({ rush, step });
      to = performance.now();
      await pause(WATCHED_MS);
    } finally {
      for (const each of arrivals) each.stop();
      await until('all are answered', async () => (visitor.isWaiting ? undefined : true));
      visitor.close();
    }
    const { samples } = visitor;
    const part = (begin: number, end: number) => figuresOf(dueBetween(samples, begin, end));
    const all = figuresOf(samples);
    for (const line of summaryOf(all.failures, from))
      process.stderr.write(`    ${name}: ${line}\n`);
    const audit = await new Auditor(this.platform, this.market, this.ledger).audit();
    const seen = {
      ...{ name, from, to, all, ...audit },
      ...{ before: part(start, from), during: part(from, to), after: part(to, Infinity) },
      steps: steps.map((span) => ({ span, figures: part(span.from, span.to) })),
    };
    this.cases.push(seen);
    return seen;
  }
}
