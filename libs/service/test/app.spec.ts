import { operations, Problem, time, type Product, products } from '@courtside/contracts';
import { CurrentUser } from '@courtside/identity';
import { aPlatform, aUser, anAdmin, fakeService, type TestPlatform } from '@courtside/testing';
import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import {
  Bus,
  ConfigError,
  currentRequest,
  Handles,
  metricsRegistry,
  startApp,
  type Metadata,
  type UserIdentity,
} from '@courtside/service';

@Controller()
class TimeController {
  @Handles(time.read)
  read(@CurrentUser() user: UserIdentity) {
    return { iso: new Date(0).toISOString(), timestamp: user.roles.length };
  }
}

@Controller()
class ProductsController {
  @Handles(products.create)
  create(@Payload({ schema: products.create.input }) input: { name: string }) {
    return { name: input.name, requestId: currentRequest()?.requestId } as unknown as Product;
  }

  @Handles(products.list)
  list(): never {
    throw new Error('secret: the database password is pw');
  }

  @Handles(products.read)
  read(): never {
    throw new Problem('products.unknown', 'no product x');
  }
}

const codeOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'answered',
    (error: unknown) => (error instanceof Problem ? error.code : String(error)),
  );

describe('an app on the bus', () => {
  let platform: TestPlatform;
  const apps = [fakeService('time', TimeController), fakeService('products', ProductsController)];
  beforeAll(async () => (platform = await aPlatform(apps)));
  afterAll(() => platform.close());

  it('answers who may ask, and refuses who may not', async () => {
    const answer = await platform.ask(time.read, {}, { as: anAdmin() });
    expect(answer).toEqual({ iso: '1970-01-01T00:00:00.000Z', timestamp: 1 });
    expect(await codeOf(platform.ask(time.read, {}, { as: aUser() }))).toBe('access.denied');
    expect(await codeOf(platform.ask(time.read, {}))).toBe('auth.token-missing');
  });

  it('refuses input that does not fit, and normalizes what does', async () => {
    const price = { amount: 1, currency: 'EUR' };
    const ask = (input: object) => platform.ask(products.create, input as never, { as: anAdmin() });
    expect(await codeOf(ask({ name: '', price }))).toBe('request.invalid');
    expect(await codeOf(ask({ name: 'Ball', price, owner: 'me' }))).toBe('request.invalid');
    expect(await ask({ name: '  Ball ', price })).toMatchObject({ name: 'Ball' });
  });

  it('passes its problems on and hides what it did not foresee', async () => {
    expect(await codeOf(platform.ask(products.read, { id: 'x' }))).toBe('products.unknown');
    const failed: unknown = await platform.ask(products.list, {}).catch((error: unknown) => error);
    expect((failed as Problem).code).toBe('service.internal');
    expect(JSON.stringify(failed)).not.toContain('pw');
    expect(platform.logLines.join('')).toContain('a handler failed');
  });

  it('[4.24] refuses whoever cannot prove to come through the gateway', async () => {
    const { client } = platform.asker;
    const forgeries: Metadata[] = [{}, { assertion: 'x.y.z' }, { 'request-user-id': 'admin' }];
    for (const metadata of forgeries) {
      const error: unknown = await client
        .request('time.read', {}, { target: 'time', metadata })
        .catch((reason: unknown) => reason);
      expect(error).toMatchObject({ error: { code: 'access.unproven' } });
    }
  });

  it('says that a service which does not run is unavailable, at once', async () => {
    const before = Date.now();
    await expect(platform.ask(operations.users.smoke, {})).rejects.toMatchObject({
      code: 'service.unavailable',
      retryAfter: expect.any(Number),
    });
    expect(Date.now() - before).toBeLessThan(1_000);
  });

  it('[1.16] [1.22] answers a smoke test and describes the messages it handles', async () => {
    const { checks } = await platform.ask(operations.time.smoke, {});
    expect(checks).toEqual([{ name: 'bus', up: true }]);
    const { messages } = await platform.ask(operations.products.describe, {});
    expect(messages.map((message) => message.name).sort()).toEqual([
      'products.create',
      'products.describe',
      'products.list',
      'products.read',
      'products.smoke',
    ]);
  });

  it('counts what it handles, asks and has before it, for whoever reads its metrics', async () => {
    await platform.ask(time.read, {}, { as: anAdmin() });
    const text = await metricsRegistry().metrics();
    for (const line of [
      /^bus_handled_messages_total\{app="time",kind="request",outcome="done"\} [1-9]/m,
      /^bus_handled_messages_total\{app="products",kind="request",outcome="refused"\} [1-9]/m,
      /^bus_queued_seconds_count\{app="time",kind="request"\} [1-9]/m,
      /^bus_running_messages\{app="time"\} 0$/m,
      /^bus_backlog_messages\{app="time",queue="requests:time",state="waiting"\} 0$/m,
      /^bus_oldest_message_age_seconds\{app="products",queue="requests:products"\} 0$/m,
    ]) {
      expect(text).toMatch(line);
    }
  });

  it('answers what it has begun before it stops', async () => {
    await platform.stop('time');
    expect(await codeOf(platform.ask(time.read, {}, { as: anAdmin() }))).toBe(
      'service.unavailable',
    );
    await platform.start(apps[0]!);
    expect(await codeOf(platform.ask(time.read, {}, { as: anAdmin() }))).toBe('answered');
  });

  it('[4.34] names the setting that is missing and does not start', async () => {
    const { REDIS_URL: _removed, ...environment } = platform.environmentOf('time');
    await expect(startApp(apps[0]!, environment)).rejects.toThrow(/REDIS_URL/);
    await expect(startApp(apps[0]!, environment)).rejects.toThrow(ConfigError);
  });

  it('holds nothing for told that fewer copies of the bus have than it was set to wait for', async () => {
    const environment = { ...platform.environmentOf('products'), BUS_COPIES: '1' };
    if (platform.bus.urlOf('products').startsWith('memory:')) return;
    const app = await startApp(apps[1]!, environment, { logTo: { write: () => undefined } });
    try {
      const told = app.context.get(Bus).publish('products.created', [{ id: 'x' } as never]);
      await expect(told).rejects.toThrow('0 of 1 copies');
    } finally {
      await app.close();
    }
  });

  it('refuses the in-process bus in production', async () => {
    const environment = {
      ...platform.environmentOf('time'),
      REDIS_URL: 'memory:',
      NODE_ENV: 'production',
    };
    await expect(startApp(apps[0]!, environment)).rejects.toThrow(/production/);
  });
});
