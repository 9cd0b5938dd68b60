/** One request of the load. Times are milliseconds by `performance.now()`. */
export interface Sample {
  readonly journey: string;
  /** When it was due: what it waited for before it was sent counts. */
  readonly dueAt: number;
  readonly ms: number;
  /** Absent when it went as it should. */
  readonly failure?: Failure | undefined;
}

export interface Failure {
  readonly journey: string;
  /** When its end was known, by `performance.now()`. */
  readonly at: number;
  /** 0 where nothing was answered. */
  readonly status: number;
  /** Code of the problem, or what the connection died of. */
  readonly code: string;
  readonly retryAfter?: string | undefined;
}

/** What came of the requests that were due in a while. */
export interface Figures {
  readonly sent: number;
  readonly failures: readonly Failure[];
  /** Milliseconds from when a request was due to the end of its answer. */
  readonly p50: number;
  readonly p99: number;
}

export function figuresOf(samples: readonly Sample[]): Figures {
  const took = samples.map(({ ms }) => ms).toSorted((one, other) => one - other);
  const at = (share: number) => Math.round(took[Math.ceil(took.length * share) - 1] ?? 0);
  return {
    sent: samples.length,
    failures: samples.flatMap(({ failure }) => failure ?? []),
    p50: at(0.5),
    p99: at(0.99),
  };
}

/** Those that were due from one time on until another. */
export const dueBetween = (samples: readonly Sample[], from: number, to: number): Sample[] =>
  samples.filter(({ dueAt }) => dueAt >= from && dueAt < to);

/** Failures of a kind in one line each, for whoever reads why a case failed. */
export function summaryOf(failures: readonly Failure[], since: number): string[] {
  const kinds = new Map<string, number[]>();
  for (const { journey, status, code, at } of failures) {
    const kind = `${journey}: ${status} ${code}`;
    kinds.set(kind, [...(kinds.get(kind) ?? []), (at - since) / 1_000]);
  }
  return [...kinds].map(([kind, times]) => {
    const [first, last] = [Math.min(...times), Math.max(...times)];
    return `${times.length} × ${kind} (${first.toFixed(1)} to ${last.toFixed(1)} s)`;
  });
}
