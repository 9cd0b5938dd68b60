import { demoUsers, users } from '@courtside/contracts';
import { AssertionMint, signingKey } from '@courtside/identity';
import { fixed, metadataKeys, systemClock } from '@courtside/service';
import { aUser, type TestPlatform } from '@courtside/testing';
import { anAuthPlatform, aReplica, users as usersApp } from './apps.js';

const [adminUser, normalUser] = demoUsers;
const admin = aUser({ userId: adminUser.id, roles: ['admin'] });
const body = JSON.stringify({ id: normalUser.id, permission: 'time:read' });

let platform: TestPlatform;
beforeAll(async () => (platform = await anAuthPlatform()), 60_000);
afterAll(() => platform?.close());

const proof = () =>
  new AssertionMint(fixed(signingKey(platform.keys.serviceKey.gateway)), systemClock).mintOnce(
    admin,
    users.grantPermission,
    body,
  );

/** What whoever reads the bus could put on it again, to the byte. */
const send = (assertion: string) =>
  platform.asker.client
    .requestRaw(users.grantPermission.name, body, {
      target: 'users',
      metadata: { [metadataKeys.assertion]: assertion },
    })
    .then(
      () => 'granted',
      (error: { error: { code: string } }) => error.error.code,
    );

describe('a write of roles that somebody recorded on the bus', () => {
  it('is done once by all replicas together, however often it is played back', async () => {
    const replica = await aReplica(platform, usersApp);
    const assertion = proof();
    const answers = await Promise.all(Array.from({ length: 20 }, () => send(assertion)));
    expect(answers.filter((answer) => answer === 'granted')).toHaveLength(1);
    expect(new Set(answers)).toEqual(new Set(['granted', 'access.unproven']));
    await replica.close();
  });

  it('is refused after a restart too', async () => {
    const assertion = proof();
    expect(await send(assertion)).toBe('granted');
    await platform.stop('users');
    await platform.start(usersApp);
    expect(await send(assertion)).toBe('access.unproven');
    expect(await send(proof())).toBe('granted');
  });
});
