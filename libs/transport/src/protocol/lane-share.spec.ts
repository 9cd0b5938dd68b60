import { LaneShare, inARowMax } from './lane-share.js';

/** What is handed out when so many wait on each lane, one by one or several at once. */
function handOut(share: LaneShare, rooms: readonly number[], waiting = { high: 1e6, normal: 1e6 }) {
  return rooms.map((room) => {
    const first = Math.min(share.reserve(room), waiting.normal);
    const high = Math.min(room - first, waiting.high);
    const normal = first + Math.min(room - first - high, waiting.normal - first);
    waiting.high -= high;
    waiting.normal -= normal;
    share.took({ high, normal });
    return { high, normal };
  });
}

describe('the share of a lane', () => {
  it('is all for urgent requests, but for one normal one in a row of eight', () => {
    const ones = Array.from({ length: 24 }, () => 1);
    const order = handOut(new LaneShare(), ones).map(({ high }) => (high ? 'h' : 'n'));
    expect(order.join('')).toBe('hhhhhhhnhhhhhhhnhhhhhhhn');
    expect(inARowMax).toBe(8);
  });

  it('is the same for more at once', () => {
    expect(handOut(new LaneShare(), [256, 4, 4])).toEqual([
      { high: 224, normal: 32 },
      { high: 4, normal: 0 },
      { high: 3, normal: 1 },
    ]);
  });

  it('goes to the other lane where one is empty, which owes nothing later but the next turn', () => {
    const share = new LaneShare();
    handOut(share, [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1], { high: 100, normal: 0 });
    expect(handOut(share, [1, 1])).toEqual([
      { high: 0, normal: 1 },
      { high: 1, normal: 0 },
    ]);
    expect(handOut(share, [4], { high: 1, normal: 100 })).toEqual([{ high: 1, normal: 3 }]);
  });
});
