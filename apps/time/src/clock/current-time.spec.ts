import { CurrentTime } from '@courtside/contracts';
import { currentTime } from './current-time.js';

describe('the current time', () => {
  it('[1.10] is the same instant as ISO 8601 and as seconds since 1970', () => {
    expect(currentTime(1_795_514_400_250)).toEqual({
      iso: '2026-11-24T10:00:00.250Z',
      timestamp: 1_795_514_400.25,
    });
  });

  it('is what its contract says', () => {
    expect(CurrentTime.safeParse(currentTime(Date.now())).success).toBe(true);
  });
});
