import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RedisServer } from '@courtside/testing';
import { Redis } from 'ioredis';
import { run } from './a-plan.js';

const older = [
  'user default off resetpass ~* &* +@all',
  'user admin on >${REDIS_PASSWORD_ADMIN} ~* &* +@all',
  'user shop on >${REDIS_PASSWORD_SHOP} resetchannels -@all +ping (+get +set ~old:*)',
].join('\n');
const newer = older
  .replace('(+get +set ~old:*)', '(+get ~new:*) (resetchannels +subscribe &new:*)')
  .concat('\nuser mail on >${REDIS_PASSWORD_MAIL} -@all +ping\n');

let folder: string;
const fileOf = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};

let redis: RedisServer;
let admin: Redis;
let shop: Redis;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'access-'));
  for (const name of ['ADMIN', 'SHOP', 'MAIL']) {
    fileOf(`REDIS_PASSWORD_${name}`, `of-${name.toLowerCase()}\n`);
  }
  redis = await RedisServer.start();
  admin = new Redis(redis.url, { retryStrategy: () => null });
  for (const line of older.split('\n').slice(1)) {
    const [, name = '', ...rules] = line.match(/\([^)]*\)|\S+/g) ?? [];
    const own = rules.map((rule) => rule.replace(/>.*/, `>of-${name}`));
    await admin.call('ACL', 'SETUSER', name, ...own);
  }
  shop = as('shop');
  await shop.ping();
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.disconnect();
  admin.disconnect();
  await redis.close();
});

const clients: Redis[] = [];
function as(user: string): Redis {
  const { hostname, port } = new URL(redis.url);
  const client = new Redis({
    ...{ host: hostname, port: Number(port), username: user, password: `of-${user}` },
    ...{ lazyConnect: true, enableReadyCheck: false, retryStrategy: () => null },
  });
  client.on('error', () => undefined);
  clients.push(client);
  return client;
}

interface Given {
  readonly installed?: string;
  readonly next?: string;
  readonly more?: readonly string[];
}
function widen({ installed = older, next = newer, more = [] }: Given = {}) {
  const { host } = new URL(redis.url);
  const lists = ['--installed', fileOf('installed', installed), '--list', fileOf('list', next)];
  const own = ['--bus', `redis://${host}`, '--passwords', folder];
  return run(['access', ...own, ...lists, ...more]);
}

describe('install access', () => {
  it('lets users do what the new release needs and what the old one needed, and cuts nobody off', async () => {
    let ended = false;
    shop.on('close', () => (ended = true));
    await expect(shop.get('new:1')).rejects.toThrow('NOPERM');
    expect(await widen()).toEqual({ code: 0, said: 'widened: shop, mail', complaints: '' });
    expect(await shop.get('new:1')).toBeNull();
    expect(await shop.set('old:1', 'kept')).toBe('OK');
    await expect(shop.set('new:1', 'too much')).rejects.toThrow('NOPERM');
    expect(await as('mail').ping()).toBe('PONG');
    expect(ended).toBe(false);
  });

  it('does the same when it runs again, and never gathers what older releases gave', async () => {
    await widen();
    const once = await admin.call('ACL', 'LIST');
    await widen();
    expect(await admin.call('ACL', 'LIST')).toEqual(once);
    const newest = newer.replace('~new:*', '~newest:*');
    expect((await widen({ installed: newer, next: newest })).code).toBe(0);
    expect(await shop.get('newest:1')).toBeNull();
    expect(await shop.get('new:1')).toBeNull();
    await expect(shop.get('old:1')).rejects.toThrow('NOPERM');
  });

  it('asks Redis nothing when both lists are the same, or none is installed', async () => {
    await redis.close();
    expect(await widen({ next: older })).toMatchObject({
      code: 0,
      said: 'the access list is the same',
    });
    const first = await widen({ more: ['--installed', join(folder, 'none')] });
    expect(first).toMatchObject({
      code: 0,
      said: 'no access list is installed: Redis reads the new one when it starts',
    });
  });

  it('says what it lacks and ends with 1, and changes nobody', async () => {
    const before = await admin.call('ACL', 'LIST');
    const unknown = newer.replace('REDIS_PASSWORD_MAIL', 'REDIS_PASSWORD_POST');
    expect(await widen({ next: unknown })).toMatchObject({
      code: 1,
      complaints: expect.stringMatching(/REDIS_PASSWORD_POST/),
    });
    expect(await admin.call('ACL', 'LIST')).toEqual(before);
    expect(await widen({ next: newer.replace('+ping\n', '+pang\n') })).toMatchObject({
      code: 1,
      complaints: expect.stringMatching(/users of the bus.*Error in ACL SETUSER.*pang/),
    });
    await redis.close();
    expect(await widen({ more: ['--wait', '1'] })).toMatchObject({
      code: 1,
      complaints: expect.stringMatching(/Redis did not answer within 1000 ms/),
    });
  });

  it.each([
    [['--bus', 'redis://admin:pw@redis:6379'], '--bus must be like redis://host:6379'],
    [['--list', '/nowhere'], 'there is no access list /nowhere'],
    [['--wait', 'long'], '--wait is a number of seconds, not long'],
    [['--bus', ''], '--bus is missing'],
  ])('refuses %j with 2', async (more, why) => {
    expect(await widen({ more })).toMatchObject({
      code: 2,
      complaints: expect.stringContaining(why),
    });
  });
});
