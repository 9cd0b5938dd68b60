import type { Check } from '@courtside/contracts';

/** Rejects, with a sentence, when the dependency cannot do its work. */
export type HealthCheck = () => Promise<unknown>;

/** A check that has not ended by then counts as failed, milliseconds. */
const CHECK_DEADLINE_MS = 1_000;

/** What an app depends on, and whether it is up. Providers outside never belong here. */
export class Health {
  private readonly checks = new Map<string, HealthCheck>();
  private state: 'starting' | 'ready' | 'stopping' = 'starting';

  /** Adds a dependency; the last check of a name counts. */
  register(name: string, check: HealthCheck): void {
    this.checks.set(name, check);
  }

  started(): void {
    this.state = 'ready';
  }

  /** From here on the app is not ready, so that no new work comes. */
  stopping(): void {
    this.state = 'stopping';
  }

  get hasStarted(): boolean {
    return this.state !== 'starting';
  }

  get takesWork(): boolean {
    return this.state === 'ready';
  }

  /** Runs every check once, side by side. */
  async run(): Promise<Check[]> {
    return Promise.all([...this.checks].map(([name, check]) => runCheck(name, check)));
  }
}

async function runCheck(name: string, check: HealthCheck): Promise<Check> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    const error = new Error(`no answer within ${CHECK_DEADLINE_MS} ms`);
    timer = setTimeout(() => reject(error), CHECK_DEADLINE_MS);
  });
  try {
    await Promise.race([check(), late]);
    return { name, up: true };
  } catch (error) {
    return { name, up: false, detail: (error as Error).message };
  } finally {
    clearTimeout(timer);
  }
}
