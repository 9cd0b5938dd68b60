import { metadataKeys, newId, type UserIdentity } from '@courtside/service';
import { jwkPair } from '@courtside/testing';
import { AssertionMint } from './assertion.js';
import { IdentityVerifier } from './identity-verifier.js';
import { signingKey, verificationKeys } from './keys.js';

const USERS = 500;
const HOPS = 20_000;
const ROUNDS = 5;
/** What both sides of a hop may cost together once they have seen the user. */
const MICROS_PER_HOP_MAX = 5;

const users: UserIdentity[] = Array.from({ length: USERS }, () => ({
  kind: 'user',
  userId: newId(),
  sessionId: newId(),
  roles: ['user'],
  permissions: ['orders:create', 'orders:read'],
}));

describe('a warm hop', () => {
  it('[1.23] adds at most 5 µs of CPU for making and verifying who asks', () => {
    const clock = { now: () => Date.now() };
    const pair = jwkPair('gateway.1');
    const mint = new AssertionMint(signingKey(JSON.stringify(pair.secret)), clock);
    const keys = verificationKeys(JSON.stringify({ keys: [pair.open] }));
    const verifier = new IdentityVerifier('orders', keys, clock);
    const hop = (user: UserIdentity) => {
      // As it arrives: bytes of its own, not the very string that the mint keeps.
      const assertion = Buffer.from(mint.mint(user, 'orders'), 'latin1').toString('latin1');
      return verifier.verify({ [metadataKeys.assertion]: assertion });
    };
    for (const user of users) expect(hop(user)?.identity).toEqual(user);

    const microsPerHop = () => {
      const before = process.cpuUsage();
      for (let index = 0; index < HOPS; index++) hop(users[index % USERS] as UserIdentity);
      const { user, system } = process.cpuUsage(before);
      return (user + system) / HOPS;
    };
    // The first rounds are compiled while they run, so the least of some is what a hop costs.
    const rounds = Array.from({ length: ROUNDS }, microsPerHop);
    expect(Math.min(...rounds)).toBeLessThanOrEqual(MICROS_PER_HOP_MAX);
  });
});
