import { randomUUID } from 'node:crypto';
import { orders, problems, products, users, type Message } from '@courtside/contracts';
import {
  AssertionMint,
  CallerProofs,
  IdentityModule,
  signingKey,
  signJws,
} from '@courtside/identity';
import type { Refusal } from '@courtside/identity';
import {
  Bus,
  currentRequest,
  defineApp,
  fixed,
  Handles,
  metadataKeys,
  metricsRegistry,
  newId,
  serviceConfig,
  startApp,
  systemClock,
  type Identity,
  type Metadata,
} from '@courtside/service';
import {
  aPlatform,
  anAdmin,
  aUser,
  fakeService,
  jwkPair,
  type TestPlatform,
} from '@courtside/testing';
import { openBroker, RemoteError, TransportClient, type BrokerPort } from '@courtside/transport';
import { Controller, Module } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';

interface Handled {
  readonly message: string;
  readonly identity: Identity | undefined;
  readonly metadata: Metadata;
}
/** What reached a handler: only what got past the guard. */
const handled: Handled[] = [];

function note({ name }: Message): null {
  const { identity, metadata = {} } = currentRequest() ?? {};
  handled.push({ message: name, identity, metadata });
  return null;
}

@Controller()
class OrdersController {
  constructor(private readonly bus: Bus) {}

  @Handles(orders.create)
  async create(@Payload({ schema: orders.create.input }) { items }: { items: Item[] }) {
    const ids = items.map((item) => item.productId);
    await this.bus.request(products.quote, { ids });
    return note(orders.create);
  }

  @Handles(orders.list)
  list(): null {
    return note(orders.list);
  }
}
interface Item {
  readonly productId: string;
}

@Controller()
class ProductsController {
  @Handles(products.quote)
  quote(): null {
    return note(products.quote);
  }

  @Handles(products.list)
  list(): null {
    return note(products.list);
  }
}

@Controller()
class UsersController {
  @Handles(users.read)
  read(): null {
    return note(users.read);
  }

  @Handles(users.update)
  update(): null {
    return note(users.update);
  }

  @Handles(users.delete)
  delete(): null {
    return note(users.delete);
  }

  @Handles(users.readAccess)
  readAccess(): null {
    return note(users.readAccess);
  }
}

let platform: TestPlatform;
let broker: BrokerPort;
/**
 * Whoever took over `orders`, past every list of what that may do on the bus: it calls itself gateway,
 * since a service may answer only those that it is asked by.
 */
let thief: TransportClient;

const victim = aUser({ permissions: ['users:read'] });
const order = JSON.stringify({ items: [{ productId: newId(), quantity: 1 }] });
const profile = JSON.stringify({ id: victim.userId, displayName: 'Ada' });
/** What the victim's own requests brought into the hands of the thief. */
const seen = { kept: '', fresh: '', users: '', usersFresh: '' };

beforeAll(async () => {
  platform = await aPlatform([
    fakeService('orders', OrdersController),
    fakeService('products', ProductsController),
    fakeService('users', UsersController),
  ]);
  const { BUS_PREFIX: prefix, REDIS_URL = '' } = platform.environmentOf('orders');
  const url = process.env['TEST_REDIS_URL'] ?? 'none';
  broker = openBroker(url === 'none' ? REDIS_URL : url, { prefix });
  thief = new TransportClient({ broker, service: 'gateway' });
  await thief.connect();
  const asked = async (message: Message, input: unknown) => {
    await platform.ask(message, input, { as: victim });
    return handled.findLast((each) => each.message === message.name)!.metadata['assertion']!;
  };
  seen.kept = await asked(orders.list, {});
  seen.fresh = await asked(orders.create, JSON.parse(order));
  seen.users = await asked(users.read, { id: victim.userId });
  seen.usersFresh = await asked(users.update, JSON.parse(profile));
}, 30_000);
afterAll(async () => {
  await thief?.close();
  await broker?.close();
  await platform?.close();
});
beforeEach(() => void handled.splice(0));

interface Sent {
  readonly message: Message;
  readonly body?: string;
  readonly metadata: Metadata;
}

/** The answer, or what it was refused with. */
async function send({ message, body = '{}', metadata }: Sent): Promise<unknown> {
  try {
    return await thief.requestRaw(message.name, body, { target: message.service, metadata });
  } catch (error) {
    return error instanceof RemoteError ? error.error : error;
  }
}

async function refusedSoFar(app: string, reason: Refusal): Promise<number> {
  const text = await metricsRegistry().getSingleMetricAsString('messages_refused_total');
  const line = text.split('\n').find((each) => each.includes(`{app="${app}",reason="${reason}"}`));
  return Number(line?.split(' ').at(-1));
}

const linesAbout = (requestId: string) =>
  platform.logLines.filter((line) => line.includes(requestId)).map((line) => JSON.parse(line));

const ownKey = () => signingKey(platform.keys.serviceKey.orders);
const called = (kid: string) => fixed({ ...ownKey(), kid });
const own = () => new CallerProofs(fixed(ownKey()), systemClock);
const mint = (clock = systemClock) =>
  new AssertionMint(fixed(signingKey(platform.keys.serviceKey.gateway)), clock);
const aMinuteAgo = { now: () => Date.now() - 61_000 };
const carrying = (assertion: string, caller = ''): Metadata => ({
  ...(assertion && { [metadataKeys.assertion]: assertion }),
  ...(caller && { [metadataKeys.caller]: caller }),
});
const unsigned = (token: string) => {
  const head = { alg: 'none', typ: 'assertion+jwt', kid: 'gateway.1' };
  return `${Buffer.from(JSON.stringify(head)).toString('base64url')}.${token.split('.')[1]}.`;
};
const readVictim = { message: users.read, body: JSON.stringify({ id: victim.userId }) };

const attacks: Record<string, [Refusal, () => Sent]> = {
  '[4.24] comes with no proof at all': ['missing', () => ({ ...readVictim, metadata: {} })],
  '[4.11] claims a user by a header, as a client could': [
    'missing',
    () => ({ ...readVictim, metadata: { 'request-user-id': victim.userId } }),
  ],
  'forges a user with the one key it has': [
    'forged',
    () => ({
      ...readVictim,
      metadata: carrying(
        new AssertionMint(called('orders.1'), systemClock).mint(anAdmin(), 'users'),
      ),
    }),
  ],
  "forges a user under the gateway's name": [
    'forged',
    () => ({
      ...readVictim,
      metadata: carrying(
        new AssertionMint(called('gateway.1'), systemClock).mint(anAdmin(), 'users'),
      ),
    }),
  ],
  'forges a user with a key that nobody mounted': [
    'key-unknown',
    () => {
      const key = fixed(signingKey(JSON.stringify(jwkPair('gateway.9').secret)));
      const assertion = new AssertionMint(key, systemClock).mint(anAdmin(), 'users');
      return { ...readVictim, metadata: carrying(assertion) };
    },
  ],
  'takes the signature away': [
    'forged',
    () => ({ ...readVictim, metadata: carrying(unsigned(seen.users)) }),
  ],
  'uses its own kind of token as an assertion': [
    'forged',
    () => ({ ...readVictim, metadata: carrying(own().proofFor('', 'users')) }),
  ],
  "replays a user's assertion to another service": [
    'audience',
    () => ({ ...readVictim, metadata: carrying(seen.kept) }),
  ],
  'asks a service that the topology does not let it ask, with its true signature': [
    'caller-undeclared',
    () => ({
      ...readVictim,
      metadata: carrying(seen.kept, own().proofFor(seen.kept, 'users')),
    }),
  ],
  'asks such a service for itself': [
    'caller-undeclared',
    () => ({
      message: users.readAccess,
      body: readVictim.body,
      metadata: carrying('', own().proofFor('', 'users')),
    }),
  ],
  'passes on what was not given to it': [
    'audience',
    () => ({
      message: products.list,
      metadata: carrying(seen.users, own().proofFor(seen.users, 'products')),
    }),
  ],
  'strips the caller from what it passes on': [
    'audience',
    () => ({ message: products.list, metadata: carrying(seen.kept) }),
  ],
  'strips the user from what it passes on': [
    'forged',
    () => ({
      message: products.list,
      metadata: carrying('', own().proofFor(seen.kept, 'products')),
    }),
  ],
  'puts another user under its signature': [
    'forged',
    () => ({
      message: products.list,
      metadata: carrying(seen.fresh, own().proofFor(seen.kept, 'products')),
    }),
  ],
  'signs as another service': [
    'forged',
    () => ({
      message: users.readAccess,
      body: readVictim.body,
      metadata: carrying('', new CallerProofs(called('auth.1'), systemClock).proofFor('', 'users')),
    }),
  ],
  'replays an assertion after its end': [
    'expired',
    () => {
      const assertion = mint(aMinuteAgo).mint(victim, 'orders');
      const metadata = carrying(assertion, own().proofFor(assertion, 'products'));
      return { message: products.list, metadata };
    },
  ],
  'sends a guarded write a second time': [
    'replayed',
    () => ({ message: orders.create, body: order, metadata: carrying(seen.fresh) }),
  ],
  'sends a guarded write with another body': [
    'body',
    () => ({
      message: orders.create,
      body: order.replace('"quantity":1', '"quantity":2'),
      metadata: carrying(seen.fresh),
    }),
  ],
  'makes another message of a guarded write': [
    'message',
    () => ({ message: users.delete, body: profile, metadata: carrying(seen.usersFresh) }),
  ],
  'uses the proof of a guarded write to read': [
    'message',
    () => ({ ...readVictim, metadata: carrying(seen.usersFresh) }),
  ],
  'writes what is guarded with an assertion that serves for reading': [
    'reusable',
    () => ({ message: users.update, body: profile, metadata: carrying(seen.users) }),
  ],
  'replays a guarded write after its end': [
    'expired',
    () => ({
      message: orders.create,
      body: order,
      metadata: carrying(mint(aMinuteAgo).mintOnce(victim, orders.create, order)),
    }),
  ],
};

describe('whoever took over the service orders', () => {
  it.each(Object.entries(attacks))('%s: refused, logged and counted', async (_title, attack) => {
    const [reason, make] = attack;
    const sent = make();
    const { name, service } = sent.message;
    const requestId = randomUUID();
    const before = await refusedSoFar(service, reason);

    const metadata = { ...sent.metadata, [metadataKeys.requestId]: requestId };
    expect(await send({ ...sent, metadata })).toEqual({
      code: 'access.unproven',
      detail: problems['access.unproven'].title,
    });
    expect(handled).toEqual([]);
    expect(await refusedSoFar(service, reason)).toBe(before + 1);
    const warnings = linesAbout(requestId).filter(({ level }) => level === 'warn');
    expect(warnings).toEqual([
      expect.objectContaining({ service, message: name, sender: 'gateway', reason, requestId }),
    ]);
    for (const token of Object.values(sent.metadata).filter((text) => text.includes('.'))) {
      expect(platform.logLines.join('')).not.toContain(token);
    }
  });

  it('may still ask what orders may ask, on behalf of who asked it and of itself', async () => {
    const quote = { message: products.quote, body: JSON.stringify({ ids: [newId()] }) };
    for (const assertion of [seen.kept, seen.fresh, '']) {
      const metadata = carrying(assertion, own().proofFor(assertion, 'products'));
      expect(await send({ ...quote, metadata })).toBe('null');
    }
    const [one, other, itself] = handled.map(({ identity }) => identity);
    expect([one, other]).toEqual([victim, victim]);
    expect(itself).toEqual({ kind: 'anonymous' });
  });

  it('gains nothing by a signature that says whatever it likes', async () => {
    const claims = { iss: 'gateway', aud: 'users', sub: victim.userId, sid: newId(), exp: 2 ** 40 };
    const metadata = carrying(signJws('assertion+jwt', { ...claims, roles: ['admin'] }, ownKey()));
    expect(await send({ ...readVictim, metadata })).toMatchObject({ code: 'access.unproven' });
  });
});

describe('a guarded write', () => {
  it('is handled once, of however many that come at once with its proof', async () => {
    const metadata = carrying(mint().mintOnce(victim, users.update, profile));
    const sent = { message: users.update, body: profile, metadata };
    const answers = await Promise.all(Array.from({ length: 20 }, () => send(sent)));
    expect(answers.filter((answer) => answer === 'null')).toHaveLength(1);
    expect(handled).toHaveLength(1);
  });

  it('[4.11] tells its handler, and whom that asks, exactly the subject of the assertion', async () => {
    await platform.ask(orders.create, JSON.parse(order), { as: victim });
    expect(handled.map(({ message, identity }) => [message, identity])).toEqual([
      ['products.quote', victim],
      ['orders.create', victim],
    ]);
  });

  it('is taken by no app that cannot remember what was used: it does not start', async () => {
    @Module({ imports: [IdentityModule.forService()], controllers: [UsersController] })
    class ForgetfulModule {}
    const app = defineApp({ name: 'users', config: serviceConfig, module: () => ForgetfulModule });
    const quiet = { logTo: { write: () => undefined } };
    await expect(startApp(app, platform.environmentOf('users'), quiet)).rejects.toThrow(
      /users\.update guards privacy.*give users a SingleUse/,
    );
  });
});
