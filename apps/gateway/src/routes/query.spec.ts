import { Problem } from '@courtside/contracts';
import { readQuery } from './query.js';

describe('a query', () => {
  it('is read as forms write it', () => {
    expect([...readQuery('a=1&b=x+y%20z&a=2&c&&d=')]).toEqual([
      ['a', ['1', '2']],
      ['b', ['x y z']],
      ['c', ['']],
      ['d', ['']],
    ]);
    expect(readQuery('').size).toBe(0);
  });

  it('is refused when it is not percent-encoded UTF-8, or endless', () => {
    for (const text of ['a=%', 'a=%zz', '%ff=1']) expect(() => readQuery(text)).toThrow(Problem);
    const endless = Array.from({ length: 200 }, (_, index) => `k${index}=1`).join('&');
    expect(() => readQuery(endless)).toThrow(/100 parameters/);
  });

  it('knows no special names', () => {
    expect(readQuery('__proto__=x').get('__proto__')).toEqual(['x']);
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });
});
