import {
  busServices,
  operations,
  Problem,
  type BusService,
  type Check,
} from '@courtside/contracts';
import { Bus, CLOCK, type Clock } from '@courtside/service';
import { Inject, Injectable } from '@nestjs/common';

/** Asking often must not load the services: anyone can. */
const KEPT_MS = 5_000;
/** A service that does not answer by then is not up, milliseconds. */
const ANSWER_WITHIN_MS = 2_000;

interface ServiceHealth {
  readonly up: boolean;
  readonly checks: readonly Check[];
  readonly detail?: string;
}

export interface SmokeResult {
  readonly up: boolean;
  readonly services: Readonly<Record<string, ServiceHealth>>;
}

/** Runs the real dependencies of every service, at most once in a while. */
@Injectable()
export class Smoke {
  private last: { readonly at: number; readonly result: Promise<SmokeResult> } | undefined;

  constructor(
    private readonly bus: Bus,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  result(): Promise<SmokeResult> {
    const now = this.clock.now();
    if (!this.last || now - this.last.at >= KEPT_MS) this.last = { at: now, result: this.run() };
    return this.last.result;
  }

  private async run(): Promise<SmokeResult> {
    const found = await Promise.all(
      busServices.map(async (service) => [service, await this.ask(service)] as const),
    );
    const up = found.every(([, health]) => health.up);
    return { up, services: Object.fromEntries(found) };
  }

  private async ask(service: BusService): Promise<ServiceHealth> {
    try {
      const options = { deadlineMs: ANSWER_WITHIN_MS };
      const { checks } = await this.bus.request(operations[service].smoke, {}, options);
      return { up: checks.every((check) => check.up), checks };
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      return { up: false, checks: [], detail: error.detail };
    }
  }
}
