import { signingKeys, signJws, verificationKeys } from '@courtside/identity';
import { testKeys } from '@courtside/testing';
import { AccessTokens } from './access-tokens.js';

const START = 1_800_000_000;

function theTokens() {
  const keys = testKeys();
  const clock = { seconds: START, now: () => clock.seconds * 1_000 };
  const tokens = new AccessTokens(
    verificationKeys(keys.tokenJwks),
    { issuer: 'courtside', audience: 'courtside' },
    clock,
  );
  const claims = { iss: 'courtside', aud: 'courtside', sub: 'u', sid: 's', iat: START };
  const sign = (more: object) =>
    signJws('at+jwt', { ...claims, ...more }, signingKeys(keys.tokenKeys)[0]);
  return { tokens, clock, sign };
}

describe('an access token', () => {
  it('[4.27] is valid until its end, also when its verdict is kept', () => {
    const { tokens, clock, sign } = theTokens();
    const token = sign({ exp: START + 60 });
    expect(tokens.verify(token)).toMatchObject({ userId: 'u', sessionId: 's' });
    clock.seconds += 59;
    expect(tokens.verify(token)).toBeDefined();
    clock.seconds += 1;
    expect(tokens.verify(token)).toBeUndefined();
  });

  it('becomes valid when it says so, with some seconds for clocks that differ', () => {
    const { tokens, clock, sign } = theTokens();
    const token = sign({ exp: START + 600, nbf: START + 60 });
    expect(tokens.verify(token)).toBeUndefined();
    clock.seconds += 55;
    expect(tokens.verify(token)).toBeDefined();
    expect(tokens.verify(sign({ exp: START + 600, iat: START + 58 }))).toBeDefined();
  });

  it('may name several audiences, one of which must be ours', () => {
    const { tokens, sign } = theTokens();
    const exp = START + 60;
    expect(tokens.verify(sign({ exp, aud: ['other', 'courtside'] }))).toBeDefined();
    expect(tokens.verify(sign({ exp, aud: ['other'] }))).toBeUndefined();
  });

  it('[1.23] costs at most 5 µs of CPU once it is known', () => {
    const { tokens, sign } = theTokens();
    const token = sign({ exp: START + 60 });
    tokens.verify(token);
    const rounds = Array.from({ length: 5 }, () => {
      const before = process.cpuUsage();
      for (let count = 0; count < 10_000; count += 1) tokens.verify(token);
      const { user, system } = process.cpuUsage(before);
      return (user + system) / 10_000;
    });
    expect(Math.min(...rounds)).toBeLessThanOrEqual(5);
  });
});
