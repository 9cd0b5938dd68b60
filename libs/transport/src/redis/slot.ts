import { crc16 } from '../protocol/crc16.js';

const slots = 16_384;

/** The slot of a Cluster that a key lies in: the checksum of its hash tag, or of all of it. */
export function slotOf(key: string): number {
  const tag = /\{([^}]+)\}/.exec(key);
  // Only the first brace opens a tag, and an empty one is none.
  const isTagged = tag && tag.index === key.indexOf('{');
  return crc16((isTagged && tag[1]) || key) % slots;
}
