import { jwkPair } from '@courtside/testing';
import { anonymous, metadataKeys, type UserIdentity } from '@courtside/service';
import { AssertionMint } from './assertion.js';
import { CallerProofs } from './caller-proof.js';
import { IdentityVerifier } from './identity-verifier.js';
import { signJws } from './jws.js';
import { signingKey, verificationKeys, type SigningKey } from './keys.js';

const START = Date.parse('2026-11-24T10:00:00Z');

const user: UserIdentity = {
  kind: 'user',
  userId: '01938000-0000-7000-8000-000000000002',
  sessionId: '01938000-0000-7000-8000-000000000003',
  roles: ['user'],
  permissions: ['orders:create'],
};

/** Keys of four apps, one clock, and who signs and verifies with them. */
function aPlatformOfKeys() {
  let now = START;
  const clock = { now: () => now };
  const pairs = ['gateway', 'auth', 'users', 'orders'].map((name) => jwkPair(`${name}.1`));
  const keys = verificationKeys(JSON.stringify({ keys: pairs.map((pair) => pair.open) }));
  const [gateway, auth, users, orders] = pairs.map((pair) =>
    signingKey(JSON.stringify(pair.secret)),
  ) as [SigningKey, SigningKey, SigningKey, SigningKey];
  return {
    mint: new AssertionMint(gateway, clock),
    signers: { gateway, auth, users, orders },
    callerProofs: (key: SigningKey) => new CallerProofs(key, clock),
    verifierOf: (service: 'auth' | 'users' | 'orders') =>
      new IdentityVerifier(service, keys, clock),
    pass: (milliseconds: number) => void (now += milliseconds),
    clock,
  };
}

const carrying = (assertion: string, caller?: string) => ({
  ...(assertion && { [metadataKeys.assertion]: assertion }),
  ...(caller && { [metadataKeys.caller]: caller }),
});

describe("the gateway's assertion", () => {
  it('tells the service it was made for who asks', () => {
    const { mint, verifierOf } = aPlatformOfKeys();
    expect(verifierOf('orders').verify(carrying(mint.mint(user, 'orders')))).toMatchObject({
      identity: user,
      caller: 'gateway',
    });
  });

  it('says so when nobody is signed in', () => {
    const { mint, verifierOf } = aPlatformOfKeys();
    const verdict = verifierOf('users').verify(carrying(mint.mint(anonymous, 'users')));
    expect(verdict?.identity).toEqual(anonymous);
  });

  it('is made once per user and service while it lives, and anew when access changes', () => {
    const { mint, pass } = aPlatformOfKeys();
    const first = mint.mint(user, 'orders');
    expect(mint.mint(user, 'orders')).toBe(first);
    expect(mint.mint(user, 'users')).not.toBe(first);
    expect(mint.mint({ ...user, permissions: [] }, 'orders')).not.toBe(first);
    pass(50_000);
    expect(mint.mint(user, 'orders')).not.toBe(first);
  });

  it('is refused by every other service', () => {
    const { mint, verifierOf } = aPlatformOfKeys();
    expect(verifierOf('users').verify(carrying(mint.mint(user, 'orders')))).toBeUndefined();
  });

  it('is refused once it has expired, also when its verdict was kept', () => {
    const { mint, verifierOf, pass } = aPlatformOfKeys();
    const verifier = verifierOf('orders');
    const message = carrying(mint.mint(user, 'orders'));
    expect(verifier.verify(message)).toBeDefined();
    pass(61_000);
    expect(verifier.verify(message)).toBeUndefined();
  });

  it('[4.24] is refused when another key than the gateway made it, or when there is none', () => {
    const { verifierOf, signers, clock } = aPlatformOfKeys();
    const forged = new AssertionMint(signers.users, clock).mint(user, 'orders');
    expect(verifierOf('orders').verify(carrying(forged))).toBeUndefined();
    expect(verifierOf('orders').verify({})).toBeUndefined();
  });

  it('is refused when its payload, its algorithm or its type was changed', () => {
    const { mint, verifierOf, signers } = aPlatformOfKeys();
    const [head, body, signature] = mint.mint(user, 'orders').split('.') as [
      string,
      string,
      string,
    ];
    const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const claims = JSON.parse(Buffer.from(body, 'base64url').toString()) as object;
    const attempts = [
      `${head}.${encode({ ...claims, sub: 'someone else' })}.${signature}`,
      `${encode({ alg: 'none', typ: 'assertion+jwt', kid: 'gateway.1' })}.${body}.`,
      `${encode({ alg: 'HS256', typ: 'assertion+jwt', kid: 'gateway.1' })}.${body}.${signature}`,
      signJws('at+jwt', claims, signers.gateway),
      `${head}.${body}`,
      '',
    ];
    for (const attempt of attempts) {
      expect(verifierOf('orders').verify(carrying(attempt))).toBeUndefined();
    }
  });
});

describe("a caller's proof", () => {
  it('lets the service that was asked pass the question on', () => {
    const { mint, callerProofs, signers, verifierOf } = aPlatformOfKeys();
    const assertion = mint.mint(user, 'users');
    const proof = callerProofs(signers.users).proofFor(assertion, 'auth');
    expect(verifierOf('auth').verify(carrying(assertion, proof))).toMatchObject({
      identity: user,
      caller: 'users',
    });
  });

  it('does not help who got hold of an assertion made for another', () => {
    const { mint, callerProofs, signers, verifierOf } = aPlatformOfKeys();
    const stolen = mint.mint(user, 'users');
    const proof = callerProofs(signers.orders).proofFor(stolen, 'auth');
    expect(verifierOf('auth').verify(carrying(stolen, proof))).toBeUndefined();
  });

  it('holds for one assertion and one target only', () => {
    const { mint, callerProofs, signers, verifierOf } = aPlatformOfKeys();
    const assertion = mint.mint(user, 'users');
    const other = mint.mint({ ...user, permissions: [] }, 'users');
    const proof = callerProofs(signers.users).proofFor(assertion, 'auth');
    expect(verifierOf('auth').verify(carrying(other, proof))).toBeUndefined();
    expect(verifierOf('orders').verify(carrying(assertion, proof))).toBeUndefined();
    expect(verifierOf('auth').verify(carrying(assertion))).toBeUndefined();
  });

  it('alone speaks for the service itself and for no user', () => {
    const { callerProofs, signers, verifierOf } = aPlatformOfKeys();
    const proof = callerProofs(signers.users).proofFor('', 'auth');
    expect(verifierOf('auth').verify(carrying('', proof))).toMatchObject({
      identity: anonymous,
      caller: 'users',
    });
  });
});
