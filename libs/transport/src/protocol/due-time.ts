/** When an event is to enter its topic; without a time it does so at once. */
export interface DueOptions {
  /** Milliseconds from now, by the clock of the broker. 0: at once. */
  readonly delayMs?: number;
  /** A date, or epoch milliseconds. What has passed: at once. */
  readonly at?: Date | number;
  /**
   * Names the event on its topic while it waits: `cancelScheduled` calls it off by this, and another
   * with the same one takes its place.
   */
  readonly scheduleId?: string;
}

/** After how long by the broker's clock, or at which time in epoch milliseconds. */
export type DueTime =
  | {
      /** Milliseconds by the clock of the broker. */
      readonly afterMs: number;
    }
  | {
      /** Epoch milliseconds. */
      readonly at: number;
    };

/** An event that waits for its time, by the id that it is called off with. */
export interface Schedule {
  /** Its own among the events that wait on the topic. */
  readonly id: string;
  /** When it enters its topic. */
  readonly due: DueTime;
}

/** How far ahead an event may be scheduled: 365 days. */
export const dueMsMax = 365 * 24 * 60 * 60_000;
/** Events that may wait on one topic, unless a client says otherwise. */
export const scheduledMaxDefault = 100_000;
const idCharactersMax = 200;

/**
 * The schedule of an event; `undefined` when it is to enter its topic at once.
 * @throws RangeError saying what is wrong with the time or the id
 */
export function scheduleOf(
  { delayMs, at, scheduleId }: DueOptions,
  now: number,
  newId: () => string,
): Schedule | undefined {
  if (scheduleId !== undefined) checkScheduleId(scheduleId);
  if (delayMs !== undefined && at !== undefined) {
    throw new RangeError('an event has a delayMs or an at, not both');
  }
  const due = delayMs === undefined ? atOf(at, now) : afterOf(delayMs);
  if (!due && scheduleId !== undefined) {
    throw new RangeError(`an event with a scheduleId ('${scheduleId}') needs a delayMs or an at`);
  }
  if (!due) return undefined;
  const isNow = 'at' in due ? due.at <= now : due.afterMs === 0;
  return isNow && scheduleId === undefined ? undefined : { id: scheduleId ?? newId(), due };
}

/** @throws RangeError */
export function checkScheduleId(id: string): void {
  if (typeof id === 'string' && id.length > 0 && id.length <= idCharactersMax) return;
  throw new RangeError(`a scheduleId has 1 to ${idCharactersMax} characters`);
}

function afterOf(delayMs: number): DueTime {
  if (typeof delayMs === 'number' && delayMs >= 0 && delayMs <= dueMsMax) {
    return { afterMs: Math.ceil(delayMs) };
  }
  throw new RangeError(`delayMs is a number from 0 to ${dueMsMax} (365 days), not ${delayMs}`);
}

function atOf(at: Date | number | undefined, now: number): DueTime | undefined {
  if (at === undefined) return undefined;
  const time = at instanceof Date ? at.getTime() : at;
  if (typeof time !== 'number' || !Number.isFinite(time)) {
    throw new RangeError(`at is a valid Date or epoch milliseconds, not ${String(at)}`);
  }
  if (time <= now + dueMsMax) return { at: Math.ceil(time) };
  throw new RangeError(`at is ${new Date(time).toISOString()}, more than 365 days ahead`);
}
