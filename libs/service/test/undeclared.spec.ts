import { ACCESS_CHANGED, products, userEvents, users } from '@courtside/contracts';
import { Bus, Handles, Hears, Subscribes, UndeclaredEdgesError } from '@courtside/service';
import { aPlatform, fakeService, type TestPlatform } from '@courtside/testing';
import { Controller } from '@nestjs/common';

@Controller()
class GoodController {
  @Handles(products.quote)
  quote() {
    return { products: [] };
  }
}

@Controller()
class GreedyController {
  @Handles(users.read)
  read() {
    return null;
  }

  @Subscribes(userEvents.created)
  created() {}

  @Hears(ACCESS_CHANGED)
  changed(_text: string | undefined) {}
}

describe('an app that does what topology.yaml does not say', () => {
  let platform: TestPlatform;
  beforeAll(async () => {
    platform = await aPlatform([fakeService('products', GoodController)]);
  }, 30_000);
  afterAll(() => platform?.close());

  it('does not start, and every edge is named at once', async () => {
    const greedy = fakeService('orders', GreedyController);
    const error: unknown = await platform.start(greedy).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(UndeclaredEdgesError);
    expect((error as Error).message.split('\n  ')).toEqual([
      'orders cannot start, its code does what is not declared:',
      'GreedyController.read handles users.read, a message of users: nobody would ask orders for it',
      'GreedyController.created: orders subscribes users.created, which is not declared: ' +
        'add users.created to services.orders.subscribes in topology.yaml',
      'GreedyController.changed: orders hears access-changed, which is not declared: ' +
        'add access-changed to services.orders.hears in topology.yaml',
    ]);
    expect(platform.logLines.join('')).toContain('"service":"orders","msg":"stopped"');
  });

  it('fails its test with a sentence that names the edge, before anything is sent', async () => {
    const bus = platform.running.get('products')!.context.get(Bus, { strict: false });
    const declare = (key: string, name: string) =>
      `which is not declared: add ${name} to services.products.${key} in topology.yaml`;
    await expect(bus.request(users.read, { id: 'x' })).rejects.toThrow(
      `products calls users, ${declare('calls', 'users')}`,
    );
    await expect(bus.publish(userEvents.created.name, [])).rejects.toThrow(
      `products publishes users.created, ${declare('publishes', 'users.created')}`,
    );
    await expect(bus.broadcast(ACCESS_CHANGED, {})).rejects.toThrow(
      `products broadcasts access-changed, ${declare('broadcasts', 'access-changed')}`,
    );
  });

  it('leaves nothing behind: the same service without the faults starts at once', async () => {
    await platform.start(fakeService('orders'));
    await platform.stop('orders');
  });
});
