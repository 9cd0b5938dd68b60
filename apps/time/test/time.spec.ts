import { time } from '@courtside/contracts';
import { aPlatform, aUser, type TestPlatform } from '@courtside/testing';
import { app } from '../src/app.js';

describe('time', () => {
  let platform: TestPlatform;
  beforeAll(async () => (platform = await aPlatform([app])));
  afterAll(() => platform.close());

  it('[1.10] is told to who holds the permission', async () => {
    const as = aUser({ permissions: ['time:read'] });
    const { iso, timestamp } = await platform.ask(time.read, {}, { as });
    expect(Date.parse(iso)).toBe(Math.round(timestamp * 1_000));
    expect(Math.abs(Date.now() - Date.parse(iso))).toBeLessThan(5_000);
  });

  it('[1.10] is refused to everyone else', async () => {
    await expect(platform.ask(time.read, {}, { as: aUser() })).rejects.toMatchObject({
      code: 'access.denied',
      detail: expect.stringContaining('time:read'),
    });
    await expect(platform.ask(time.read, {})).rejects.toMatchObject({ code: 'auth.token-missing' });
  });

  it('takes no input', async () => {
    const as = aUser({ permissions: ['time:read'] });
    await expect(platform.ask(time.read, { zone: 'UTC' } as never, { as })).rejects.toMatchObject({
      code: 'request.invalid',
    });
  });
});
