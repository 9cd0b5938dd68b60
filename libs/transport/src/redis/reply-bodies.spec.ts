import { encodeReply } from '../wire/reply-frame.js';
import { isLarge } from './reply-bodies.js';

const frameOf = (...lengths: number[]) => ({
  inbox: 'nx:r:gateway:1',
  text: lengths
    .map((length, n) => encodeReply({ id: `id${n}`, kind: 'V', body: 'x'.repeat(length) }))
    .join(''),
});

describe('a frame of replies', () => {
  it('is taken apart for one that is large, wherever it stands, and not for many that are small', () => {
    const small = Array.from({ length: 300 }, () => 1_000);
    expect(isLarge(frameOf(...small))).toBe(false);
    expect(isLarge(frameOf(65_536, 65_536))).toBe(false);
    for (const before of [0, 1, 65, 66, 131, 300]) {
      const lengths = [...small.slice(0, before), 65_537, ...small];
      expect(isLarge(frameOf(...lengths))).toBe(true);
    }
    expect(isLarge(frameOf(2_000_000))).toBe(true);
  });
});
