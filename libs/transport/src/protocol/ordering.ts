import { crc16 } from './crc16.js';

/**
 * What keeps the order knows keys by their slot alone, so that it stays small however many keys there
 * are. Two keys of one slot wait for each other, needlessly and without harm.
 */
export const orderSlots = 4_096;

const keyCharactersMax = 200;

/** Events of one group and topic that may wait for one before them; then it reads no further. */
export const orderedWaitingMax = 10_000;

/** The slot of a key. @throws RangeError where it is no key */
export function orderSlotOf(key: string): number {
  if (key.length === 0 || key.length > keyCharactersMax) {
    throw new RangeError(`the key of an event has 1 to ${keyCharactersMax} characters`);
  }
  return crc16(key) % orderSlots;
}
