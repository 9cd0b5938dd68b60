import { z } from 'zod';
import { SchemaChecks } from './schema-checks.js';
import type { Schemas, StandardSchema } from './standard-schema.js';

const request = z.object({ amount: z.number().int(), to: z.string() });

const failure = async (schemas: Schemas, value: unknown) => {
  try {
    await SchemaChecks.of(schemas)?.check('request', 'shop.pay', value);
  } catch (error) {
    return error as object;
  }
  throw new Error('it was expected to be refused');
};

describe('schemas of the wire', () => {
  it('are those of any library that keeps the standard, with all that is wrong', async () => {
    expect(await failure({ 'shop.pay': { request } }, { amount: 1.5 })).toMatchObject({
      code: 'INVALID_PAYLOAD',
      issues: [
        { path: '/amount', message: expect.any(String) },
        { path: '/to', message: expect.any(String) },
      ],
    });
  });

  it('refuse what they themselves fail over', async () => {
    const validate = () => {
      throw new Error('a bug');
    };
    const failing: StandardSchema = { '~standard': { version: 1, vendor: 'spec', validate } };
    const schemas = { 'shop.pay': { request: failing } };
    expect(await failure(schemas, {})).toMatchObject({
      code: 'INVALID_PAYLOAD',
      issues: [{ path: '', message: 'its schema failed: Error: a bug' }],
    });
  });

  it('tell twenty faults at most', async () => {
    const schemas = { 'shop.pay': { request: z.array(z.string()) } };
    const refused = (await failure(schemas, Array(50).fill(1))) as { issues: unknown[] };
    expect(refused.issues).toHaveLength(20);
  });

  it('are refused when they are given, where they are none or for nothing that is known', () => {
    const none = { 'shop.pay': { request: {} as StandardSchema } };
    expect(() => SchemaChecks.of(none)).toThrow("the request of 'shop.pay' has no Standard Schema");
    const unknown = { 'shop.pay': { answer: request } as object };
    expect(() => SchemaChecks.of(unknown)).toThrow("not 'answer'");
    expect(SchemaChecks.of({})).toBeUndefined();
  });
});
