import { newId } from '@courtside/service';
import {
  digestOf,
  newRefreshToken,
  parseRefreshToken,
  successorOf,
  textOf,
} from './refresh-token.js';

describe('a refresh token', () => {
  it('reads as what was written', () => {
    const token = newRefreshToken(newId());
    expect(parseRefreshToken(textOf(token))).toEqual(token);
  });

  it('has a successor of the same family with another secret of 256 bits', () => {
    const token = newRefreshToken(newId());
    const next = successorOf(token);
    expect([next.sessionId, next.family]).toEqual([token.sessionId, token.family]);
    expect(next.secret).not.toBe(token.secret);
    expect(Buffer.from(next.secret, 'base64url')).toHaveLength(32);
  });

  it('cannot be told from its digest', () => {
    const { secret } = newRefreshToken(newId());
    expect(digestOf(secret)).not.toContain(secret);
    expect(digestOf(secret)).toBe(digestOf(secret));
  });

  it.each(['', '.', 'a.b', `${newId()}.`, `${newId()}.${'!'.repeat(65)}`, 'eyJ.eyJ.sig'])(
    'is not %p',
    (text) => expect(parseRefreshToken(text)).toBeUndefined(),
  );
});
