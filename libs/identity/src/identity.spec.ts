import { auth, orders, products, users, type Message } from '@courtside/contracts';
import {
  anonymous,
  fixed,
  metadataKeys,
  type Metadata,
  type UserIdentity,
} from '@courtside/service';
import { jwkPair } from '@courtside/testing';
import { AssertionMint } from './assertion.js';
import { CallerProofs } from './caller-proof.js';
import { IdentityVerifier } from './identity-verifier.js';
import { signJws } from './jws.js';
import { serviceKey, signingKey, verificationKeys, type SigningKey } from './keys.js';

const START = Date.parse('2026-11-24T10:00:00Z');
const BODY = '{"items":[]}';

const user: UserIdentity = {
  kind: 'user',
  userId: '01938000-0000-7000-8000-000000000002',
  sessionId: '01938000-0000-7000-8000-000000000003',
  roles: ['user'],
  permissions: ['orders:create'],
};

/** A message that any service handles and nothing guards, for what is about the proof alone. */
const reads = {
  auth: auth.listSessions,
  users: users.read,
  orders: orders.list,
  products: products.list,
};

/** Keys of five apps, one clock, and who signs and verifies with them. */
function aPlatformOfKeys() {
  let now = START;
  const clock = { now: () => now };
  const pairs = ['gateway', 'auth', 'users', 'orders', 'products'].map((name) =>
    jwkPair(`${name}.1`),
  );
  const keys = verificationKeys(JSON.stringify({ keys: pairs.map((pair) => pair.open) }));
  const mounted = { value: keys, refresh: () => undefined };
  const [gateway, auth, users, orders] = pairs.map((pair) =>
    signingKey(JSON.stringify(pair.secret)),
  ) as [SigningKey, SigningKey, SigningKey, SigningKey];
  const gatewayKey = { value: gateway, refresh: () => undefined };
  return {
    mint: new AssertionMint(gatewayKey, clock),
    gatewayKey,
    mounted,
    signers: { gateway, auth, users, orders },
    callerProofs: (key: SigningKey) => new CallerProofs(fixed(key), clock),
    verifierOf(service: keyof typeof reads) {
      const verifier = new IdentityVerifier(service, mounted, clock);
      const verify = (metadata: Metadata, message: Message = reads[service], body = BODY) =>
        verifier.verify(metadata, message, body);
      return { verify };
    },
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
    expect(verdict).toMatchObject({ identity: anonymous, caller: 'gateway' });
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
    expect(verifierOf('users').verify(carrying(mint.mint(user, 'orders')))).toBe('audience');
  });

  it('is refused once it has expired, also when its verdict was kept', () => {
    const { mint, verifierOf, pass } = aPlatformOfKeys();
    const verifier = verifierOf('orders');
    const message = carrying(mint.mint(user, 'orders'));
    expect(verifier.verify(message)).toMatchObject({ identity: user });
    pass(61_000);
    expect(verifier.verify(message)).toBe('expired');
  });

  it('[4.24] is refused when another key than the gateway made it, or when there is none', () => {
    const { verifierOf, signers, clock } = aPlatformOfKeys();
    const forged = new AssertionMint(fixed(signers.users), clock).mint(user, 'orders');
    expect(verifierOf('orders').verify(carrying(forged))).toBe('forged');
    expect(verifierOf('orders').verify({})).toBe('missing');
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
      `${head}.${body}.${signature}`.padEnd(9_000, 'A'),
    ];
    for (const attempt of attempts) {
      expect(verifierOf('orders').verify(carrying(attempt))).toBe('forged');
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
    // Neither by an edge that is not declared, nor by one that is.
    expect(verifierOf('auth').verify(carrying(stolen, proof))).toBe('caller-undeclared');
    const along = callerProofs(signers.orders).proofFor(stolen, 'products');
    expect(verifierOf('products').verify(carrying(stolen, along))).toBe('audience');
  });

  it('holds for one assertion and one target only', () => {
    const { mint, callerProofs, signers, verifierOf } = aPlatformOfKeys();
    const assertion = mint.mint(user, 'users');
    const other = mint.mint({ ...user, permissions: [] }, 'users');
    const proof = callerProofs(signers.users).proofFor(assertion, 'auth');
    expect(verifierOf('auth').verify(carrying(other, proof))).toBe('forged');
    expect(verifierOf('auth').verify(carrying('', proof))).toBe('forged');
    expect(verifierOf('orders').verify(carrying(assertion, proof))).toBe('audience');
    expect(verifierOf('auth').verify(carrying(assertion))).toBe('audience');
  });

  it('alone speaks for the service itself and for no user', () => {
    const { callerProofs, signers, verifierOf } = aPlatformOfKeys();
    const proof = callerProofs(signers.users).proofFor('', 'auth');
    expect(verifierOf('auth').verify(carrying('', proof))).toMatchObject({
      identity: anonymous,
      caller: 'users',
    });
  });

  it('is refused where topology.yaml does not let its service ask, whatever it carries', () => {
    const { mint, callerProofs, signers, verifierOf } = aPlatformOfKeys();
    const assertion = mint.mint(user, 'orders');
    for (const passedOn of [assertion, '']) {
      const proof = callerProofs(signers.orders).proofFor(passedOn, 'users');
      expect(verifierOf('users').verify(carrying(passedOn, proof))).toBe('caller-undeclared');
    }
  });

  it('is not how the gateway asks: its word is an assertion', () => {
    const { mint, callerProofs, signers, verifierOf } = aPlatformOfKeys();
    const proofs = callerProofs(signers.gateway);
    const assertion = mint.mint(user, 'users');
    expect(verifierOf('users').verify(carrying('', proofs.proofFor('', 'users')))).toBe('missing');
    const both = carrying(assertion, proofs.proofFor(assertion, 'users'));
    expect(verifierOf('users').verify(both)).toBe('audience');
  });
});

describe('the proof of a write that guards role, money or privacy', () => {
  const guarded = { ...products.create, guards: 'money' } as const;

  it('is made for it alone, and says what must be used up', () => {
    const { mint, verifierOf } = aPlatformOfKeys();
    const [one, other] = [1, 2].map(() => mint.mintOnce(user, orders.create, BODY));
    expect(other).not.toBe(one);
    const verdicts = [one, other].map((token = '') =>
      verifierOf('orders').verify(carrying(token), orders.create),
    );
    const useOnce = {
      id: expect.stringMatching(/^gateway:[\w-]{22}$/),
      expiresAt: new Date(START + 120_000),
    };
    expect(verdicts[0]).toEqual({ identity: user, caller: 'gateway', useOnce });
    expect(verdicts[0]).not.toEqual(verdicts[1]);
  });

  it('is nothing that could be used again', () => {
    const { mint, verifierOf } = aPlatformOfKeys();
    const { verify } = verifierOf('orders');
    const kept = carrying(mint.mint(user, 'orders'));
    expect(verify(kept, orders.list)).toMatchObject({ identity: user });
    expect(verify(kept, orders.create)).toBe('reusable');
  });

  it('holds for one message and one payload, to the byte', () => {
    const { mint, verifierOf } = aPlatformOfKeys();
    const { verify } = verifierOf('users');
    const proof = carrying(mint.mintOnce(user, users.update, '{"id":"é"}'));
    expect(verify(proof, users.update, '{"id":"é"}')).toMatchObject({ identity: user });
    expect(verify(proof, users.update, '{"id": "é"}')).toBe('body');
    expect(verify(proof, users.update, '{"id":"e\u0301"}')).toBe('body');
    expect(verify(proof, users.delete, '{"id":"é"}')).toBe('message');
    expect(verify(proof, users.list, '{"id":"é"}')).toBe('message');
  });

  it('expires and belongs to one service like every other', () => {
    const { mint, verifierOf, pass } = aPlatformOfKeys();
    const proof = carrying(mint.mintOnce(user, orders.create, BODY));
    expect(verifierOf('users').verify(proof, users.update)).toBe('audience');
    pass(61_000);
    expect(verifierOf('orders').verify(proof, orders.create)).toBe('expired');
  });

  it('on an inner hop is one of the caller too, over what its user began as such a write', () => {
    const { mint, callerProofs, signers, verifierOf } = aPlatformOfKeys();
    const proofs = callerProofs(signers.orders);
    const { verify } = verifierOf('products');
    const began = mint.mintOnce(user, orders.create, BODY);
    const once = carrying(began, proofs.proofOnce(began, guarded, '{}'));
    expect(verify(once, guarded, '{}')).toMatchObject({
      identity: user,
      caller: 'orders',
      useOnce: { id: expect.stringMatching(/^orders:/) },
    });
    expect(verify(once, guarded, '{"more":1}')).toBe('body');
    expect(verify(once, products.read, '{}')).toBe('message');
    const kept = carrying(began, proofs.proofFor(began, 'products'));
    expect(verify(kept, guarded, '{}')).toBe('reusable');
    expect(verify(kept, products.quote, '{}')).toMatchObject({ identity: user });
    const read = mint.mint(user, 'orders');
    const escalated = carrying(read, proofs.proofOnce(read, guarded, '{}'));
    expect(verify(escalated, guarded, '{}')).toBe('reusable');
  });

  it("of a service that asks on nobody's behalf is its own alone", () => {
    const { callerProofs, signers, verifierOf } = aPlatformOfKeys();
    const proof = carrying('', callerProofs(signers.orders).proofOnce('', guarded, '{}'));
    expect(verifierOf('products').verify(proof, guarded, '{}')).toMatchObject({
      identity: anonymous,
      caller: 'orders',
    });
  });
});

describe('keys that are replaced', () => {
  it('[1.3] prove from then on, and the ones before them prove nothing once they are gone', () => {
    const { mint, gatewayKey, mounted, verifierOf } = aPlatformOfKeys();
    const { verify } = verifierOf('orders');
    const first = mint.mint(user, 'orders');
    expect(verify(carrying(first))).toMatchObject({ identity: user });

    const next = jwkPair('gateway.2');
    const nextKeys = verificationKeys(JSON.stringify({ keys: [next.open] }));
    gatewayKey.value = signingKey(JSON.stringify(next.secret));
    const second = mint.mint(user, 'orders');
    expect(second).not.toBe(first);
    expect(verify(carrying(second))).toBe('key-unknown');
    mounted.value = new Map([...mounted.value, ...nextKeys]);
    for (const token of [first, second]) {
      expect(verify(carrying(token))).toMatchObject({ identity: user });
    }
    mounted.value = nextKeys;
    expect(verify(carrying(first))).toBe('key-unknown');
    expect(verify(carrying(second))).toMatchObject({ identity: user });
  });

  it('[1.3] are looked for at once when somebody signs with one that is not known', () => {
    const { mint, mounted, verifierOf } = aPlatformOfKeys();
    const keys = mounted.value;
    mounted.value = new Map();
    const { verify } = verifierOf('orders');
    mounted.refresh = () => void (mounted.value = keys);
    expect(verify(carrying(mint.mint(user, 'orders')))).toMatchObject({ identity: user });
  });

  it('are refused when an app is given the key of another, or no key at all', () => {
    const { secret } = jwkPair('users.1');
    expect(serviceKey('users')(JSON.stringify(secret))).toMatchObject({ kid: 'users.1' });
    expect(() => serviceKey('orders')(JSON.stringify(secret))).toThrow(
      /orders\.1, and not users\.1/,
    );
    expect(() => verificationKeys('{"keys":[]}')).toThrow(/too_small/);
  });
});
