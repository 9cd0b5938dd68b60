import { RpcException, type MessageHandler } from '@nestjs/microservices';
import { pause } from '../protocol/time.js';
import type { MessageContext } from '../server/message-context.js';
import { TransportServer } from '../server/transport-server.js';
import type { Run } from './journal.js';
import type { Plan, Treatment } from './plan.js';
import type { RedisModel } from './redis-model.js';
import { SimBroker, deadAfterMs } from './sim-broker.js';
import { SimProcess } from './sim-process.js';
import type { World } from './world.js';

export const attemptsMax = 3;
/** Longer than any handler of the workload takes. */
const drainMs = 20_000;

/** A process that runs the real server of one service. */
export class SimReplica {
  readonly service: string;
  readonly process: SimProcess;
  readonly broker: SimBroker;
  readonly #world: World;
  readonly #server: TransportServer;
  isClosing = false;

  constructor(
    world: World,
    redis: RedisModel,
    { service, name, plan }: { service: string; name: string; plan: Plan },
  ) {
    this.#world = world;
    this.service = service;
    // By the contract, clocks agree within 100 ms.
    const lateMs = world.mutation === 'run-expired' ? 60_000 : world.random.below(100) - 50;
    this.process = new SimProcess(world, name, -lateMs);
    this.broker = new SimBroker(world, redis, this.process);
    this.#server = new TransportServer({
      broker: this.broker,
      service,
      consumer: name,
      time: this.process,
      random: () => world.random.next(),
      retry: { attemptsMax, delayMs: 100 },
      deadAfterMs,
      keepEventsMs: 30_000,
      maxInFlight: plan.maxInFlight,
      drainMs,
      ownsBroker: true,
    });
    world.journal.consumers.set(name, this.process);
    if (service === 'shop') this.#server.addHandler('shop.work', this.#handler());
    for (const [topic, handlers] of Object.entries(plan.topics)) {
      for (let n = 0; n < (handlers[service] ?? 0); n += 1) {
        this.#server.addHandler(topic, this.#handler(n), true);
      }
    }
  }

  /** It can be sent work, and would do it. */
  get isServing(): boolean {
    return !this.process.isDead && !this.isClosing;
  }

  /** Messages that it still runs. */
  get held(): number {
    return this.#server.running;
  }

  start(): void {
    this.#world.tell(() => `${this.process.name} starts`);
    this.process.run(() => void this.#server.listen(() => {}));
  }

  /** Leaves in good order; resolves when it has. */
  close(): void {
    this.#world.tell(() => `${this.process.name} is asked to leave`);
    this.isClosing = true;
    this.process.run(() => void this.#server.close());
  }

  /** One of its own each time: Nest marks the function with what it is for. */
  #handler(n = 0): MessageHandler<Treatment, MessageContext> {
    return (data, context) => this.#handle(data, context as MessageContext, n);
  }

  async #handle(data: Treatment, context: MessageContext, handler: number): Promise<unknown> {
    const { process } = this;
    const { attempt, deadline } = context;
    const run = this.#world.journal.run({
      on: data.on,
      group: this.service,
      handler,
      attempt,
      process,
      startedAt: this.#world.now(),
      deadline,
    });
    this.#world.tell(() => `${process.name}: run ${run.n} on '${data.on}', attempt ${attempt}`);
    try {
      return await this.#do(run, data, context, handler);
    } finally {
      run.endedAt = this.#world.now();
    }
  }

  async #do(run: Run, data: Treatment, context: MessageContext, handler: number): Promise<unknown> {
    const { process } = this;
    const { attempt } = context;
    if (data.ends === 'watching') void context.signal;
    if (data.beforeMs > 0) await pause(process, data.beforeMs);
    // Of several handlers the first is the one that fails.
    if (context.isEvent && handler === 0 && attempt <= data.failures)
      return this.#fail(run, new Error('not yet'));
    if (data.ends === 'watching' && context.signal.aborted) {
      return this.#fail(run, new RpcException('called off'));
    }
    run.hasEffect = true;
    this.#world.tell(() => `${process.name}: run ${run.n} has its effect`);
    if (data.afterMs > 0) await pause(process, data.afterMs);
    if (data.ends === 'failing') return this.#fail(run, new Error('nobody meant this'));
    if (data.ends === 'refusing') {
      run.end = 'refusing';
      throw new RpcException('no');
    }
    run.end = 'well';
    return { run: run.n };
  }

  #fail(run: Run, error: Error): never {
    run.end = 'failing';
    throw error;
  }
}
