import { crc16 } from './crc16.js';
import { orderSlotOf } from './ordering.js';

describe('the slot of a key', () => {
  it('is what the contract says, so that other languages find the same', () => {
    // The check value of CRC-16/XMODEM.
    expect(crc16('123456789')).toBe(0x31_c3);
    expect(orderSlotOf('123456789')).toBe(0x1_c3);
    expect(orderSlotOf('Zoë')).toBe(crc16('Zoë') % 4_096);
  });
});
