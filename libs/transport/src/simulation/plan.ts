import type { Effect } from '../wire/header.js';
import type { Random } from './random.js';

/** How a handler treats a message. */
export interface Treatment {
  /** What the message is about: runs and effects are counted by it. */
  readonly on: string;
  /** Milliseconds before and after the effect; none: all in one step. */
  readonly beforeMs: number;
  readonly afterMs: number;
  readonly ends:
    | 'well'
    /** Refuses with an error that the caller may see. */
    | 'refusing'
    /** Throws what nobody meant. */
    | 'failing'
    /** Looks at its signal before the effect. */
    | 'watching';
  /** Events: runs that fail before one ends well; 99 never does. */
  readonly failures: number;
}

/** One request or event of the workload. */
export interface Step {
  readonly n: number;
  readonly atMs: number;
  readonly client: number;
  readonly kind: 'request' | 'event' | 'garbage';
  readonly topic: string;
  readonly treatment: Treatment;
  readonly effect: Effect;
  /** A request's idempotency key, or what an event is ordered by. */
  readonly key: string | undefined;
  readonly deadlineMs: number;
  readonly cancelAfterMs: number | undefined;
  /** A request that goes before others. */
  readonly isUrgent: boolean;
  /** An event that enters its topic after so long. */
  readonly delayMs: number | undefined;
}

export type Fault =
  | { readonly kind: 'kill' | 'drain'; readonly atMs: number; readonly steps: number }
  | { readonly kind: 'freeze'; readonly atMs: number; readonly ms: number; readonly steps: number }
  | {
      readonly kind: 'cut';
      readonly atMs: number;
      readonly steps: number;
      readonly noticeMs: number;
      readonly all: boolean;
    }
  | { readonly kind: 'kill-client'; readonly atMs: number; readonly steps: number }
  | { readonly kind: 'pause'; readonly atMs: number; readonly ms: number }
  /** The server loses its last changes, or all: `Infinity`. */
  | { readonly kind: 'restart'; readonly atMs: number; readonly ms: number; readonly lost: number };

/** Everything that is decided before a schedule begins. */
export interface Plan {
  /** Replicas at the start, by service. */
  readonly replicas: Readonly<Record<string, number>>;
  /** Topics by the services that subscribe to them, and these by how many handlers they have. */
  readonly topics: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly clients: number;
  readonly maxInFlight: number;
  readonly steps: readonly Step[];
  readonly faults: readonly Fault[];
  /** When all faults are over. */
  readonly healAtMs: number;
}

/** Time enough for a request whatever happens, so long as it may be asked again. */
export const longMs = 15_000;

export function makePlan(random: Random): Plan {
  const spanMs = random.pick([20, 20, 500, 2_500]);
  const isWide = random.chance(0.3);
  const topics: Plan['topics'] = isWide
    ? { paid: { shop: 2, mail: 1 }, shipped: { mail: 1 } }
    : { paid: { shop: 1 } };
  const clients = 1 + random.below(2);
  const treatments = new Map<string, Treatment>();
  const steps = Array.from({ length: 1 + random.below(7) }, (_, n) => {
    const step = makeStep(random, { n, spanMs, clients, topics: Object.keys(topics) });
    // What carries one key is one request, so how it is treated hangs on the key.
    const treatment = treatments.get(step.treatment.on) ?? step.treatment;
    treatments.set(treatment.on, treatment);
    return { ...step, treatment };
  });
  const faults = Array.from({ length: random.pick([0, 1, 1, 1, 2, 2, 3]) }, () =>
    makeFault(random, spanMs),
  );
  const ends = [...steps, ...faults].map(({ atMs }) => atMs);
  return {
    replicas: isWide
      ? { shop: 1 + random.below(2), mail: random.below(2) }
      : { shop: 1 + random.below(2) },
    topics,
    clients,
    maxInFlight: random.pick([1, 2, 256, 256]),
    steps,
    faults,
    healAtMs: Math.max(...ends) + random.pick([10, 10, 10, 10, 200, 200, 200, 4_000]),
  };
}

interface Frame {
  readonly n: number;
  readonly spanMs: number;
  readonly clients: number;
  readonly topics: readonly string[];
}

function makeStep(random: Random, { n, spanMs, clients, topics }: Frame): Step {
  const kind = random.pick(['request', 'request', 'request', 'event', 'event'] as const);
  const key = kind === 'request' && random.chance(0.4) ? random.below(2) : undefined;
  const orderKey = kind === 'event' && random.chance(0.5) ? 'ordered' : undefined;
  const isOther = key !== undefined && random.chance(0.1);
  const on = key === undefined ? `${kind} ${n}` : `key ${key}${isOther ? ' other' : ''}`;
  const effects = ['none', 'idempotent', 'once', 'once'] as const;
  return {
    n,
    atMs: random.between(0, spanMs),
    client: random.below(clients),
    kind: kind === 'event' && random.chance(0.05) ? 'garbage' : kind,
    topic: random.pick(topics),
    treatment: makeTreatment(random, on, kind),
    effect: key === undefined ? random.pick(effects) : effects[key + 1]!,
    key: key === undefined ? orderKey : `${key}`,
    deadlineMs: random.pick([100, 2_000, longMs, longMs]),
    cancelAfterMs: kind === 'request' && random.chance(0.1) ? random.between(0, 50) : undefined,
    isUrgent: kind === 'request' && random.chance(0.2),
    delayMs: kind === 'event' && random.chance(0.2) ? random.pick([1, 300, 2_500]) : undefined,
  };
}

function makeTreatment(random: Random, on: string, kind: 'request' | 'event'): Treatment {
  const isEvent = kind === 'event';
  return {
    on,
    beforeMs: random.pick([0, 0, 3, 300]),
    afterMs: random.pick([0, 0, 0, 0, 0, 3, 3, 3, 3, 300, 300, 3_500]),
    ends: isEvent
      ? 'well'
      : random.pick(['well', 'well', 'well', 'refusing', 'failing', 'watching']),
    failures: isEvent ? random.pick([0, 0, 0, 0, 1, 2, 99]) : 0,
  };
}

function makeFault(random: Random, spanMs: number): Fault {
  const atMs = random.between(0, spanMs);
  const steps = random.below(random.pick([4, 15]));
  const kind = random.pick([
    'kill',
    'kill',
    'kill',
    'drain',
    'freeze',
    'cut',
    'cut',
    'cut',
    'kill-client',
    'pause',
    'restart',
    'restart',
  ] as const);
  switch (kind) {
    case 'kill':
    case 'drain':
    case 'kill-client':
      return { kind, atMs, steps };
    case 'freeze':
      return { kind, atMs, steps, ms: random.pick([50, 1_500, 4_500]) };
    case 'cut':
      return { kind, atMs, steps, noticeMs: random.pick([0, 20, 4_500]), all: random.chance(0.5) };
    case 'pause':
      return { kind, atMs, ms: random.pick([100, 2_000, 5_000]) };
    case 'restart':
      return {
        kind,
        atMs,
        ms: random.pick([50, 1_000]),
        lost: random.pick([0, 0, 1, 5, 40, Infinity]),
      };
  }
}
