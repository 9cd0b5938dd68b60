import { randomFillSync } from 'node:crypto';

const bytes = Buffer.alloc(16);
let lastMillis = 0;
let sequence = 0;

/**
 * A new UUIDv7 (RFC 9562): sorts by the time it was made, also within one millisecond of this
 * process (method 1: 12 bits of counter).
 */
export function newId(now: number = Date.now()): string {
  randomFillSync(bytes);
  if (now > lastMillis) {
    lastMillis = now;
    sequence = bytes.readUInt16BE(6) & 0x7ff;
  } else if (++sequence > 0xfff) {
    lastMillis += 1;
    sequence = 0;
  }
  bytes.writeUIntBE(lastMillis, 0, 6);
  bytes.writeUInt16BE(0x7000 | sequence, 6);
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 16),
    hex.slice(16, 20),
    hex.slice(20),
  ].join('-');
}
