import type { ReadPacket, WritePacket } from '@nestjs/microservices';
import type { Observable } from 'rxjs';
import type { BrokerStatus } from '../broker/port.js';
import type { Reply } from '../wire/reply-frame.js';
import { faultOf, valueOf } from './reply-value.js';
import { TransportRecord, type TransportRecordOptions } from './transport-record.js';

/** The present status of the broker, told to each who subscribes, and every change. */
export type StatusChanges = Observable<BrokerStatus>;

/** What a stock `send()` or `emit()` was given, with the options of a record where it is one. */
export function unpack({ data, metadata }: ReadPacket): {
  data: unknown;
  options: TransportRecordOptions;
} {
  const isRecord = data instanceof TransportRecord;
  const options = isRecord ? data.options : {};
  const merged = metadata ? { ...metadata, ...options.metadata } : options.metadata;
  return {
    data: isRecord ? data.data : data,
    options: { ...options, ...(merged && { metadata: merged }) },
  };
}

/** Stock clients get the refusal as the plain value it was, not wrapped in an error. */
export function toPacket(reply: Reply): WritePacket {
  switch (reply.kind) {
    case 'E':
      return { err: valueOf(reply), isDisposed: true };
    case 'T':
      return { err: faultOf(reply), isDisposed: true };
    case 'C':
      return { isDisposed: true };
    case 'N':
      return { response: valueOf(reply) };
    case 'V':
      return { response: valueOf(reply), isDisposed: true };
  }
}
