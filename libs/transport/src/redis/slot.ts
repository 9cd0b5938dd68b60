const slots = 16_384;
const polynomial = 0x10_21;

/** What one shift of eight bits does to the checksum, for each value of its high byte. */
const shifted = Uint16Array.from({ length: 256 }, (_, byte) => {
  let sum = byte << 8;
  for (let bit = 0; bit < 8; bit += 1) sum = sum & 0x80_00 ? (sum << 1) ^ polynomial : sum << 1;
  return sum;
});

/** The slot of a Cluster that a key lies in: CRC16 (XMODEM) of its hash tag, or of all of it. */
export function slotOf(key: string): number {
  const tag = /\{([^}]+)\}/.exec(key);
  // Only the first brace opens a tag, and an empty one is none.
  const isTagged = tag && tag.index === key.indexOf('{');
  let sum = 0;
  for (const byte of Buffer.from((isTagged && tag[1]) || key)) {
    sum = ((sum << 8) & 0xff_ff) ^ (shifted[(sum >> 8) ^ byte] ?? 0);
  }
  return sum % slots;
}
