const polynomial = 0x10_21;

/** What one shift of eight bits does to the checksum, for each value of its high byte. */
const shifted = Uint16Array.from({ length: 256 }, (_, byte) => {
  let sum = byte << 8;
  for (let bit = 0; bit < 8; bit += 1) sum = sum & 0x80_00 ? (sum << 1) ^ polynomial : sum << 1;
  return sum;
});

/** CRC16 (XMODEM) of a text's UTF-8, with which Redis Cluster names its slots. */
export function crc16(text: string): number {
  let sum = 0;
  for (const byte of Buffer.from(text)) {
    sum = ((sum << 8) & 0xff_ff) ^ (shifted[(sum >> 8) ^ byte] ?? 0);
  }
  return sum;
}
