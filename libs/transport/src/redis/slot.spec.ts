import { slotOf } from './slot.js';

describe('the slot of a key', () => {
  it('is what CLUSTER KEYSLOT says', () => {
    expect(slotOf('123456789')).toBe(12_739);
    expect(slotOf('foo')).toBe(12_182);
    expect(slotOf('nx:{orders.0}:q')).toBe(slotOf('orders.0'));
    expect(slotOf('Zürich')).toBe(slotOf('{Zürich}x'));
  });

  it('is that of the hash tag alone, so that keys of one queue lie together', () => {
    expect(slotOf('nx:{orders.0}:q')).toBe(slotOf('other:{orders.0}:hb'));
    expect(slotOf('{}a') === slotOf('{}b')).toBe(false);
    expect(slotOf('{{a}}b')).toBe(slotOf('{a'));
  });
});
