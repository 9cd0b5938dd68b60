import { TransportClient } from '../client/transport-client.js';
import { RemoteError, TransportError } from '../errors.js';
import type { End, Sent } from './journal.js';
import type { Step } from './plan.js';
import type { RedisModel } from './redis-model.js';
import { SimBroker } from './sim-broker.js';
import { SimProcess } from './sim-process.js';
import type { World } from './world.js';

/** A process that runs the real client and takes steps of the workload. */
export class SimClient {
  readonly process: SimProcess;
  readonly broker: SimBroker;
  readonly #world: World;
  readonly #client: TransportClient;

  constructor(world: World, redis: RedisModel, name: string) {
    this.#world = world;
    this.process = new SimProcess(world, name, world.random.below(100) - 50);
    this.process.onKilled(() => world.journal.abandon(this.process));
    this.broker = new SimBroker(world, redis, this.process);
    this.#client = new TransportClient({
      broker: this.broker,
      service: 'asker',
      instance: name,
      time: this.process,
      deadlineMs: 30_000,
      queueMax: 100,
    });
  }

  take(step: Step): void {
    const { process } = this;
    const sentAt = this.#world.now();
    const sent: Sent = { step, process, sentAt, ends: [], endedAt: 0, wasServed: false };
    process.run(() => {
      this.#world.journal.begin(sent);
      this.#world.tell(() => `${process.name}: ${step.kind} '${step.treatment.on}'`);
      this.#send(step).then(
        (value) => this.#end(sent, { kind: 'value', run: runOf(value) }),
        (error: unknown) => this.#end(sent, endOf(error)),
      );
    });
  }

  /** Requests that it still waits for. */
  get held(): number {
    return this.#client.unanswered;
  }

  close(): void {
    this.process.run(() => void this.#client.close());
    this.broker.destroy();
  }

  #send(step: Step): Promise<unknown> {
    const { treatment, effect, key, deadlineMs, cancelAfterMs, delayMs } = step;
    if (step.kind === 'garbage') {
      return this.broker.emit(step.topic, [{ header: `{${step.n}`, body: '' }]);
    }
    if (step.kind === 'event') {
      // An event has a key or a time.
      const options = { ...(delayMs ? { delayMs } : key !== undefined && { key }) };
      return this.#client.emitEvent(step.topic, treatment, options);
    }
    const controller = new AbortController();
    if (cancelAfterMs !== undefined) this.process.after(cancelAfterMs, () => controller.abort());
    return this.#client.request('shop.work', treatment, {
      effect,
      deadlineMs,
      ...(step.isUrgent && { priority: 'high' }),
      ...(key !== undefined && { idempotencyKey: key }),
      ...(cancelAfterMs !== undefined && { signal: controller.signal }),
    });
  }

  #end(sent: Sent, end: End): void {
    this.#world.tell(() => `${this.process.name}: '${sent.step.treatment.on}' ${sayEnd(end)}`);
    this.#world.journal.end(sent, end);
  }
}

export function sayEnd(end: End): string {
  if (end.kind === 'value') return `ends with run ${end.run}`;
  return end.kind === 'refusal' ? 'is refused' : `fails with ${end.code}`;
}

function runOf(value: unknown): number | undefined {
  return (value as { run?: number } | undefined)?.run;
}

function endOf(error: unknown): End {
  if (error instanceof RemoteError) return { kind: 'refusal' };
  if (error instanceof TransportError) return { kind: 'error', code: error.code };
  return { kind: 'error', code: `something unforeseen: ${String(error)}` };
}
