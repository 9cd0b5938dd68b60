import { childTraceparent, traceIdOf } from './trace.js';

const parent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

describe('a trace', () => {
  it('goes on under the same id with a span of its own', () => {
    const child = childTraceparent(parent);
    expect(traceIdOf(child)).toBe(traceIdOf(parent));
    expect(child).toMatch(/^00-0af7651916cd43dd8448eb211c80319c-[0-9a-f]{16}-01$/);
    expect(child).not.toBe(parent);
  });

  it('begins anew when what came is none', () => {
    for (const nonsense of [undefined, '', 'x', parent.toUpperCase(), `${parent}-more`]) {
      expect(childTraceparent(nonsense)).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/);
    }
  });
});
