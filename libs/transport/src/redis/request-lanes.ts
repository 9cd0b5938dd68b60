import type { ConsumerSpec } from '../broker/port.js';
import { LaneShare } from '../protocol/lane-share.js';
import type { RawFields } from './commands.js';
import type { Reader } from './deployment.js';
import { newDelivery, type StoredDelivery } from './entries.js';
import type { GroupQueue } from './group-queue.js';
import { release, Script } from './script.js';
import { take1 } from './scripts/take-1.lua.js';

type Entries = [id: string, fields: RawFields | null][];
type Taken = [urgent: Entries, kept: Entries, rest: Entries];

const take = new Script({ numberOfKeys: 2, lua: take1 });

/**
 * The two lanes of a service's requests on one connection. While more wait than there is room for,
 * they are read by a script, which gives each lane its share; one command cannot.
 */
export class RequestLanes {
  readonly streams: readonly string[];
  readonly #high: GroupQueue;
  readonly #normal: GroupQueue;
  readonly #reader: Reader;
  readonly #spec: ConsumerSpec;
  readonly #share = new LaneShare();

  private constructor(high: GroupQueue, normal: GroupQueue, reader: Reader, spec: ConsumerSpec) {
    this.#high = high;
    this.#normal = normal;
    this.#reader = reader;
    this.#spec = spec;
    this.streams = [high.stream, normal.stream];
  }

  /** Missing where the queues are not those of requests. */
  static of(queues: readonly GroupQueue[], reader: Reader, spec: ConsumerSpec) {
    const high = queues.find(({ queue }) => queue.lane === 'high');
    const normal = queues.find(({ queue }) => queue.kind === 'requests' && !queue.lane);
    return high && normal && new RequestLanes(high, normal, reader, spec);
  }

  /** Reads up to `room` requests that wait, urgent ones first; it does not wait for any. */
  async take(room: number): Promise<StoredDelivery[]> {
    const { group, consumer } = this.#spec;
    const all = [...this.streams, group, consumer, room, this.#share.reserve(room)];
    const taken = (await take.run(this.#reader.redis, all)) as Taken;
    const [urgent, kept, rest] = taken;
    release(taken);
    this.#share.took({ high: urgent.length, normal: kept.length + rest.length });
    const toDeliveries = ({ queue }: GroupQueue, entries: Entries) =>
      entries.map(([id, fields]) => newDelivery(queue, id, fields ?? []));
    return [...toDeliveries(this.#high, urgent), ...toDeliveries(this.#normal, [...kept, ...rest])];
  }
}
