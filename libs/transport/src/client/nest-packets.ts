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
