import { parseJson } from './parse-json.js';

describe('JSON from outside', () => {
  it('is parsed, also with brackets in its texts', () => {
    const value = { a: [1, '[[[[', { b: '\\"{{{{' }], c: null };
    expect(parseJson(JSON.stringify(value))).toEqual(value);
    const texts = Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`k${i}`, '[{"']));
    expect(parseJson(JSON.stringify(texts))).toEqual(texts);
  });

  it('may be 32 deep and no deeper', () => {
    const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
    expect(() => parseJson(nested(32))).not.toThrow();
    for (const depth of [33, 45_000]) expect(() => parseJson(nested(depth))).toThrow(/deep/);
  });

  it('never names __proto__, in no spelling and at no depth', () => {
    const spellings = ['{"__proto__":1}', '{"a":[{"\\u005f_proto__":{}}]}'];
    for (const text of spellings) expect(() => parseJson(text)).toThrow(/__proto__/);
    expect(parseJson('{"a":"__proto__"}')).toEqual({ a: '__proto__' });
  });

  it.each(['', ' ', '{', '{} {}', "{'a':1}", '\ufeff{}', 'NaN', '[1,]'])('is refused: %j', (text) =>
    expect(() => parseJson(text)).toThrow(/request.malformed/),
  );
});
