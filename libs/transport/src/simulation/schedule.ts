import { requestsOf } from '../broker/queue.js';
import { makePlan, type Fault, type Plan } from './plan.js';
import { brokenPromises } from './promises.js';
import { RedisModel, type Work } from './redis-model.js';
import { SimReplica } from './replica.js';
import { SimClient } from './sim-client.js';
import { World, type WorldOptions } from './world.js';

/** Virtual time that everything is given to come to rest, after the last fault. */
const restMsMax = 90_000;
/** And to be gone once it was asked to leave. */
const leaveMsMax = 60_000;
/** A replica is known to the server well before this, whatever the server went through. */
const knownMs = 1_500;
/** A process that died is started again after this. */
const respawnMs = 400;

/** One run of clients, servers and a model of Redis under the faults that a seed chooses. */
export class Schedule {
  readonly seed: number;
  readonly plan: Plan;
  readonly world: World;
  readonly redis: RedisModel;
  readonly clients: SimClient[] = [];
  readonly replicas: SimReplica[] = [];
  readonly faults: string[] = [];
  readonly #work: readonly Work[];
  #isHealed = false;
  #isOver = false;

  constructor(seed: number, options: WorldOptions = {}) {
    this.seed = seed;
    this.world = new World(seed, options);
    this.plan = makePlan(this.world.random);
    const mayLose = this.plan.faults.some((fault) => fault.kind === 'restart' && fault.lost > 0);
    this.redis = new RedisModel(this.world, mayLose);
    this.#work = workOf(this.plan);
  }

  /** Runs it to its end; answers every promise that was broken. */
  async run(): Promise<string[]> {
    const { time } = this.world;
    this.#begin();
    await time.runUntil(() => this.#isHealed);
    const restBy = time.now() + restMsMax;
    await time.runUntil(() => time.now() > restBy || this.#isAtRest());
    const broken = brokenPromises(this.plan, this.world.journal, this.redis);
    if (time.now() > restBy) {
      broken.push(...this.redis.openWork(this.#work).map((what) => `no rest: ${what}`));
    }
    this.#isOver = true;
    for (const client of this.clients) client.close();
    for (const replica of this.replicas) replica.close();
    const goneBy = time.now() + leaveMsMax;
    await time.runUntil(() => time.now() > goneBy);
    broken.push(...this.#leftovers());
    if (time.waiting > 0) broken.push('something still runs after all have left');
    return broken;
  }

  #begin(): void {
    const { plan, world } = this;
    world.journal.isServed = () => this.#isServed();
    for (let n = 0; n < plan.clients; n += 1) {
      this.clients.push(new SimClient(world, this.redis, `client-${n}`));
    }
    for (const [service, count] of Object.entries(plan.replicas)) {
      for (let n = 0; n < count; n += 1) this.#spawn(service);
    }
    for (const step of plan.steps) {
      world.time.after(step.atMs, () => this.clients[step.client]?.take(step));
    }
    for (const fault of plan.faults) world.time.after(fault.atMs, () => this.#happen(fault));
    world.time.after(plan.healAtMs, () => this.#heal());
  }

  #spawn(service: string): SimReplica {
    const name = `${service}-${this.replicas.length}`;
    const replica = new SimReplica(this.world, this.redis, { service, name, plan: this.plan });
    this.replicas.push(replica);
    replica.process.onKilled(() => {
      this.world.time.after(respawnMs, () => this.#replace(service));
    });
    replica.start();
    return replica;
  }

  #replace(service: string): void {
    if (this.#isOver) return;
    const isServed = this.replicas.some((one) => one.service === service && one.isServing);
    if (!isServed || this.world.random.chance(0.5)) this.#spawn(service);
  }

  /** From here on nothing fails, and there is somebody for everything. */
  #heal(): void {
    this.world.tell(() => 'all faults are over');
    for (const { process } of [...this.clients, ...this.replicas]) process.forgetPlans();
    for (const service of Object.keys(this.plan.replicas)) {
      const isServed = this.replicas.some((one) => one.service === service && one.isServing);
      if (!isServed) this.#spawn(service);
    }
    this.#isHealed = true;
  }

  #happen(fault: Fault): void {
    const { random } = this.world;
    this.faults.push(fault.kind);
    const replica = random.pick(this.replicas.filter(({ isServing }) => isServing));
    switch (fault.kind) {
      case 'kill':
        return replica?.process.planAfter(fault.steps, () => replica.process.kill());
      case 'drain':
        return replica?.process.planAfter(fault.steps, () => this.#drain(replica));
      case 'freeze':
        return replica?.process.planAfter(fault.steps, () => replica.process.freeze(fault.ms));
      case 'kill-client': {
        const { process } = random.pick(this.clients);
        return process.planAfter(fault.steps, () => process.kill());
      }
      case 'cut':
        return this.#cut(fault);
      case 'pause':
        return this.redis.pause(fault.ms);
      case 'restart':
        return this.redis.restart(fault.ms, fault.lost);
    }
  }

  #drain(replica: SimReplica): void {
    if (replica.isClosing || this.#isOver) return;
    const next = this.#spawn(replica.service);
    const leave = () => {
      if (this.#isOver || replica.process.isDead) return;
      if (this.world.journal.announced.has(next.process.name)) replica.close();
      else this.world.time.after(100, leave);
    };
    leave();
  }

  #cut({ all, noticeMs, steps }: Fault & { kind: 'cut' }): void {
    const { random } = this.world;
    const one = random.pick([...this.clients, ...this.replicas]);
    const links = all ? one.broker.links : [random.pick(one.broker.links)];
    one.process.planAfter(steps, () => {
      for (const link of links) link.cut(noticeMs);
    });
  }

  /** Whether a replica has been there for requests long enough to be known. */
  #isServed(): boolean {
    return this.replicas.some(({ service, isServing, process }) => {
      const isKnown = this.world.journal.announced.has(process.name);
      return service === 'shop' && isServing && isKnown && process.soundForMs > knownMs;
    });
  }

  /** What processes still hold though all is done. */
  #leftovers(): string[] {
    const clients = this.clients.filter(({ process, held }) => !process.isDead && held > 0);
    const replicas = this.replicas.filter(({ process, held }) => !process.isDead && held > 0);
    return [...clients, ...replicas].map(({ process, held }) => {
      return `${process.name} still holds ${held} messages after all have left`;
    });
  }

  #isAtRest(): boolean {
    return this.world.journal.open === 0 && this.redis.isDone(this.#work);
  }
}

function workOf({ topics }: Plan): Work[] {
  const events = Object.entries(topics).flatMap(([name, groups]) => {
    return Object.keys(groups).map((group): Work => ({ queue: { kind: 'events', name }, group }));
  });
  const requests = (['high', 'normal'] as const).map((priority): Work => {
    return { queue: requestsOf('shop', priority), group: 'shop' };
  });
  return [...requests, ...events];
}
