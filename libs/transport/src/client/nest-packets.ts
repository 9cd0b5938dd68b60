import type { ReadPacket } from '@nestjs/microservices';
import { TransportRecord, type TransportRecordOptions } from './transport-record.js';

const noOptions: TransportRecordOptions = Object.freeze({});

/** What a stock `send()` or `emit()` was given, with the options of a record where it is one. */
export function unpack({ data, metadata }: ReadPacket): {
  data: unknown;
  options: TransportRecordOptions;
} {
  const isRecord = data instanceof TransportRecord;
  const options = isRecord ? data.options : noOptions;
  return {
    data: isRecord ? data.data : data,
    options: metadata ? { ...options, metadata: { ...metadata, ...options.metadata } } : options,
  };
}

/** Its caller waits now, and its deadline passes: only an event can be for later. */
export function refuseTime(pattern: string, { delayMs, at }: TransportRecordOptions): void {
  if (delayMs === undefined && at === undefined) return;
  throw new RangeError(`'${pattern}' is a request, which cannot be for later: emit an event`);
}

/** Events have one queue for each topic. */
export function refusePriority(topic: string, { priority }: TransportRecordOptions): void {
  if (priority === undefined) return;
  throw new RangeError(`'${topic}' is an event: only requests have a priority`);
}
