import { CreateOrder, Problem } from '@courtside/contracts';
import { z } from 'zod';
import { faultsOf, inputValidation } from './validation.js';

const check = (schema: z.ZodType, value: unknown) =>
  inputValidation().transform(value, { type: 'body', schema } as never);

describe('the input of a message', () => {
  it('that does not fit is refused with every fault and where it is', async () => {
    const input = { items: [{ productId: 'x', quantity: 0 }], owner: 'me' };
    const problem = await check(CreateOrder, input).catch((error: unknown) => error);
    expect(problem).toBeInstanceOf(Problem);
    expect((problem as Problem).errors?.map((fault) => fault.pointer).sort()).toEqual([
      '',
      '/items/0/productId',
      '/items/0/quantity',
    ]);
  });

  it('that fits arrives with its defaults', async () => {
    const schema = z.strictObject({ limit: z.int().default(50) });
    await expect(check(schema, {})).resolves.toEqual({ limit: 50 });
  });

  it('is pointed at as RFC 6901 escapes it', () => {
    expect(faultsOf([{ message: 'no', path: ['a/b', { key: '~c' }, 0] }])).toEqual([
      { pointer: '/a~1b/~0c/0', detail: 'no' },
    ]);
  });
});
