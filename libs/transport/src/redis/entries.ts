import type { Delivery } from '../broker/port.js';
import type { Queue } from '../broker/queue.js';
import type { FoundEntry, RawFields } from './commands.js';
import { memberSuffix } from './scripts/formats.lua.js';

/** An entry as it lies in Redis. */
export interface StoredDelivery extends Delivery {
  /** The only group that it is for, when it was put back after it failed there. */
  readonly onlyGroup?: string;
  /** Its place among the events that are handled in their order. */
  readonly order?: EntryOrder;
}

/** An entry that belongs to a slot. */
export interface EntryOrder {
  /** The id of the entry before it there, if any. */
  readonly after: string | undefined;
}

/** The fields of any entry by their names. */
export function fieldsOf(fields: RawFields): Record<string, string> {
  const value: Record<string, string> = {};
  for (let i = 0; i < fields.length; i += 2) value[fields[i] ?? ''] = fields[i + 1] ?? '';
  return value;
}

/** Reads the fields of an entry that was never handed out before. */
export function newDelivery(queue: Queue, id: string, fields: RawFields): StoredDelivery {
  const isPlain = fields.length === 4 && fields[0] === 'h' && fields[2] === 'd';
  if (!isPlain) return foundDelivery(queue, [id, fields, 1, '']);
  // As nearly all are, and this is done for each of them.
  const [, header = '', , body = ''] = fields;
  return { queue, id, header, body, attempt: 1, addedAt: Number.parseInt(id, 10) };
}

/** Reads the fields of an entry; what it does not know is left out. */
export function foundDelivery(
  queue: Queue,
  [id, fields, attempt, noted, takenFrom]: FoundEntry,
): StoredDelivery {
  const { h = '', d = '', g, i, o, x = '' } = fieldsOf(fields);
  const delivery = {
    queue,
    id,
    header: h,
    body: d,
    attempt,
    // Redis names an entry by its own time.
    addedAt: Number.parseInt(id, 10),
    ...(g && { onlyGroup: g }),
    ...(i && { firstId: i }),
    ...(o && { order: { after: /^\d+ (\d+-\d+)$/.exec(o)?.[1] } }),
    ...(takenFrom && { takenFrom: memberOf(takenFrom) }),
  };
  if (noted === '' && x === '') return delivery;
  return { ...delivery, done: `${noted}\n${x}`.split('\n').filter(Boolean) };
}

/** The name in Redis of a member, which says what it reads. */
export function storedMember(consumer: string): string {
  return consumer + memberSuffix;
}

function memberOf(stored: string): string {
  return stored.replace(/(~3)?~2$/, '');
}
