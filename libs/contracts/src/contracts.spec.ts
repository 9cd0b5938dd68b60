import { z } from 'zod';
import { kindStatus } from './kinds.js';
import { messages } from './messages.js';
import { effectivePermissions } from './permissions.js';
import { Problem } from './problem.js';
import { problems } from './problems.js';
import { Price } from './fields.js';
import { CreateOrder } from './orders.js';
import { AdjustStock, CreateProduct, QUANTITY_MAX, QUOTE_SIZE_MAX, STOCK_MAX } from './products.js';

describe('every message', () => {
  it.each([...messages.values()].map((message) => [message.name, message] as const))(
    '%s is named after its service, refuses unknown keys and has a JSON Schema',
    (name, message) => {
      expect(name.startsWith(`${message.service}.`)).toBe(true);
      const issues = message.input.safeParse({ unheardOf: 1 }).error?.issues ?? [];
      expect(issues.map((issue) => issue.code)).toContain('unrecognized_keys');
      expect(() => z.toJSONSchema(message.input, { io: 'input' })).not.toThrow();
      expect(() => z.toJSONSchema(message.output, { io: 'output' })).not.toThrow();
      expect(message.summary.length).toBeGreaterThan(5);
    },
  );

  it('[4.25] hides every trace of a password hash', () => {
    for (const message of messages.values()) {
      expect(JSON.stringify(z.toJSONSchema(message.output))).not.toMatch(/hash|credential/i);
    }
  });
});

describe('a problem', () => {
  it('has an HTTP status by its kind alone', () => {
    expect(new Problem('orders.unknown').status).toBe(404);
    for (const { kind } of Object.values(problems)) expect(kindStatus[kind]).toBeGreaterThan(399);
  });

  it('is the same after a journey over the bus', () => {
    const problem = new Problem('request.invalid', 'name: is missing', {
      errors: [{ pointer: '/name', detail: 'is missing' }],
      retryAfter: 3,
    });
    const travelled = Problem.from(JSON.parse(JSON.stringify(problem)));
    expect(travelled?.toJSON()).toEqual(problem.toJSON());
  });

  it('with a code outside the table is none', () => {
    for (const value of [{ code: 'made.up' }, { code: 'toString' }, null, 'text', {}]) {
      expect(Problem.from(value)).toBeUndefined();
    }
  });
});

describe('permissions', () => {
  it('are those of the roles and those granted one by one, each once', () => {
    expect(effectivePermissions(['user'], ['time:read', 'orders:read'])).toEqual([
      'orders:create',
      'orders:read',
      'orders:cancel',
      'time:read',
    ]);
  });
});

describe('input that makes no sense', () => {
  it.each([-1, 0.5, Infinity, '5', null])('is refused as a price: %p', (amount) => {
    expect(Price.safeParse({ amount, currency: 'EUR' }).success).toBe(false);
  });

  it.each([-1, 0, 0.5, Infinity, 'one', QUANTITY_MAX + 1])(
    'is refused as a quantity: %p',
    (quantity) => {
      const items = [{ productId: '01938000-0000-7000-8000-000000000001', quantity }];
      expect(CreateOrder.safeParse({ items }).success).toBe(false);
    },
  );

  it.each([-1, 0.5, STOCK_MAX + 1, '5'])('is refused as a stock: %p', (stock) => {
    const product = { name: 'Ball', price: { amount: 1, currency: 'EUR' } };
    expect(CreateProduct.safeParse({ ...product, stock }).success).toBe(false);
    expect(CreateProduct.parse(product).stock).toBeNull();
  });

  it.each([0, 0.5, -STOCK_MAX - 1, null])('is refused as a change of a stock: %p', (change) => {
    const id = '01938000-0000-7000-8000-000000000001';
    expect(AdjustStock.safeParse({ id, change }).success).toBe(false);
  });

  it('is refused when an order has no line, or more than a quote can hold', () => {
    const items = Array.from({ length: QUOTE_SIZE_MAX + 1 }, (_, index) => ({
      productId: `01938000-0000-7000-8000-${String(index).padStart(12, '0')}`,
      quantity: 1,
    }));
    expect(CreateOrder.safeParse({ items }).success).toBe(false);
    expect(CreateOrder.safeParse({ items: items.slice(1) }).success).toBe(true);
    expect(CreateOrder.safeParse({ items: [] }).success).toBe(false);
  });

  it('is refused when an order names a product twice', () => {
    const item = { productId: '01938000-0000-7000-8000-000000000001', quantity: 1 };
    expect(CreateOrder.safeParse({ items: [item, item] }).success).toBe(false);
  });
});
