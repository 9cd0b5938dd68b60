import { VirtualTime } from './virtual-time.js';
import { WakeTimer } from './wake-timer.js';

describe('a timer that wakes for what is due', () => {
  let time: VirtualTime;
  let wakes: number[];
  let timer: WakeTimer;
  beforeEach(() => {
    time = new VirtualTime();
    wakes = [];
    timer = new WakeTimer(time, () => wakes.push(time.now()));
  });

  it('wakes once, at the time that was said last', async () => {
    timer.set(10);
    timer.set(20);
    await time.advance(100);
    expect(wakes).toEqual([20]);
    timer.set(5);
    timer.set(undefined);
    await time.advance(100);
    expect(wakes).toEqual([20]);
  });

  it('is put forward, never back, by what is due within some time', async () => {
    timer.set(20);
    timer.within(30);
    timer.within(10);
    await time.advance(15);
    expect(wakes).toEqual([10]);
    timer.within(5);
    await time.advance(15);
    expect(wakes).toEqual([10, 20]);
  });

  it('wakes no more once it is stopped', async () => {
    timer.set(10);
    timer.stop();
    timer.set(10);
    timer.within(1);
    await time.advance(100);
    expect(wakes).toEqual([]);
    expect(time.waiting).toBe(0);
  });
});
