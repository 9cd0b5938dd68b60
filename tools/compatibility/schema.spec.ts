import { inputFaults, outputFaults } from './schema.mjs';
import { sentenceOf } from './sentences.mjs';

const object = (properties: object, required: string[] = [], more: object = {}) => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
  ...more,
});
const text = { type: 'string' };
const number = { type: 'integer' };
const nullable = (schema: object) => ({ anyOf: [schema, { type: 'null' }] });

type Fault = { pointer: string };
const told = (faults: Fault[], direction: 'input' | 'output') =>
  faults.map((fault) => `${fault.pointer}: ${sentenceOf(fault, direction)}`);
const sides = (released: object, now: object, definitions: object = {}) => {
  const root = { components: { schemas: definitions } };
  return [
    { schema: released, root },
    { schema: now, root },
  ] as const;
};
const asInput = (released: object, now: object, definitions?: object) =>
  told(inputFaults(...sides(released, now, definitions)), 'input');
const asOutput = (released: object, now: object, definitions?: object) =>
  told(outputFaults(...sides(released, now, definitions)), 'output');

/** What changed; what it breaks as an input, and as an output: nothing where undefined. */
type Row = [name: string, released: object, now: object, input?: string, output?: string];

const rows: Row[] = [
  ['nothing', object({ a: text }, ['a']), object({ a: text }, ['a'])],
  ['a new optional field', object({}), object({ a: text })],
  ['a new required field', object({}), object({ a: text }, ['a']), ': the field a is required now'],
  [
    'a field that is required now',
    object({ a: text }),
    object({ a: text }, ['a']),
    ': the field a is required now',
  ],
  [
    'a field that is optional now',
    object({ a: text }, ['a']),
    object({ a: text }),
    undefined,
    ': the field a was always there and may be absent now',
  ],
  [
    'a removed field',
    object({ a: text }, ['a']),
    object({}),
    '/properties/a: the field is no longer taken',
    '/properties/a: the field is no longer given',
  ],
  [
    'a removed optional field, with a slash in its name',
    object({ 'a/b': text }),
    object({}),
    '/properties/a~1b: the field is no longer taken',
    '/properties/a~1b: the field is no longer given',
  ],
  [
    'another type',
    object({ a: text }),
    object({ a: number }),
    '/properties/a: took string and takes integer now',
    '/properties/a: was string and may be integer now',
  ],
  [
    'an integer that may be a fraction now',
    number,
    { type: 'number' },
    undefined,
    ': was integer and may be number now',
  ],
  [
    'null beside the type',
    object({ a: text }),
    object({ a: nullable(text) }),
    undefined,
    '/properties/a: was string and may be null now',
  ],
  [
    'null no more, however it is written',
    { type: ['string', 'null'] },
    text,
    ': took null and takes string now',
  ],
  ['null written otherwise', { type: ['string', 'null'] }, nullable(text)],
  [
    'a further value of a list',
    { type: 'string', enum: ['a'] },
    { type: 'string', enum: ['a', 'b'] },
    undefined,
    ': may be "b" now, which a reader does not know',
  ],
  [
    'fewer values of a list',
    { type: 'string', enum: ['a', 'b'] },
    { type: 'string', const: 'b' },
    ': no longer takes "a"',
  ],
  [
    'a list of values instead of any',
    text,
    { type: 'string', enum: ['a'] },
    ': any value was taken',
  ],
  [
    'any value instead of a list',
    { type: 'string', enum: ['a'] },
    text,
    undefined,
    ': may be any value now and was one of a list',
  ],
  [
    'a pattern that a listed value does not match',
    { type: 'string', enum: ['a', 'b'] },
    { type: 'string', pattern: '^a$' },
    ': no longer takes "b"',
    ': may be any value now and was one of a list',
  ],
  [
    'a larger smallest value',
    { type: 'integer', minimum: 0 },
    { type: 'integer', minimum: 1 },
    ': smallest value was 0 and is 1: less is taken',
  ],
  [
    'a smaller smallest value',
    { type: 'integer', exclusiveMinimum: 0 },
    { type: 'integer', minimum: 0 },
    undefined,
    ': smallest value was "next to 0" and is 0: more may come',
  ],
  [
    'a smaller largest value',
    { type: 'number', maximum: 5 },
    { type: 'number', exclusiveMaximum: 5 },
    ': largest value was 5 and is "next to 5": less is taken',
  ],
  [
    'no largest value',
    { type: 'integer', maximum: 5 },
    number,
    undefined,
    ': largest value was 5 and is none: more may come',
  ],
  [
    'a shorter text',
    { type: 'string', maxLength: 9 },
    { type: 'string', maxLength: 5 },
    ': maxLength was 9 and is 5: less is taken',
  ],
  [
    'a list that may be empty',
    { type: 'array', items: text, minItems: 1 },
    { type: 'array', items: text },
    undefined,
    ': minItems was 1 and is none: more may come',
  ],
  ['a smallest length of nothing', text, { type: 'string', minLength: 0 }],
  [
    'steps that do not fit',
    { type: 'integer', multipleOf: 5 },
    { type: 'integer', multipleOf: 10 },
    ': multipleOf was 5 and is 10: less is taken',
  ],
  [
    'a new pattern',
    text,
    { type: 'string', pattern: '^a' },
    ': must match ^a now, which was not demanded',
  ],
  [
    'another pattern',
    { type: 'string', pattern: '^a' },
    { type: 'string', pattern: '^b' },
    ': must match ^b now, which was not demanded',
    ': no longer promises to match ^a',
  ],
  [
    'one pattern more',
    { type: 'string', pattern: '^a' },
    { type: 'string', allOf: [{ pattern: '^a' }, { pattern: 'z$' }] },
    ': must match z$ now, which was not demanded',
  ],
  [
    'another format',
    { type: 'string', format: 'email' },
    text,
    undefined,
    ': format was "email" and is none: more may come',
  ],
  [
    'an item of a list',
    object({ list: { type: 'array', items: object({ a: text }) } }),
    object({ list: { type: 'array', items: object({}) } }),
    '/properties/list/items/properties/a: the field is no longer taken',
    '/properties/list/items/properties/a: the field is no longer given',
  ],
  [
    'fields of any name that are refused now',
    { type: 'object', additionalProperties: text },
    object({}),
    ': fields of other names are no longer taken',
  ],
  [
    'the values of fields of any name',
    { type: 'object', additionalProperties: text },
    { type: 'object', additionalProperties: number },
    '/additionalProperties: took string and takes integer now',
    '/additionalProperties: was string and may be integer now',
  ],
  [
    'a further alternative',
    { anyOf: [object({ a: text }, ['a'])] },
    { anyOf: [object({ a: text }, ['a']), { type: 'boolean' }] },
    undefined,
    ': was object and may be boolean now',
  ],
  [
    'a field inside the alternative that is nearest',
    {
      anyOf: [object({ k: { const: 'a' }, x: text }, ['k']), object({ k: { const: 'b' } }, ['k'])],
    },
    { anyOf: [object({ k: { const: 'a' } }, ['k']), object({ k: { const: 'b' } }, ['k'])] },
    '/properties/x: the field is no longer taken',
    '/properties/x: the field is no longer given',
  ],
  [
    'the place of a tuple',
    { type: 'array', prefixItems: [text, text] },
    { type: 'array', prefixItems: [text, number] },
    '/prefixItems/1: took string and takes integer now',
    '/prefixItems/1: was string and may be integer now',
  ],
  [
    'a keyword that nobody here knows',
    { ...text, contentEncoding: 'base64' },
    { ...text, contentEncoding: 'base32' },
    ': contentEncoding has changed, and this check cannot judge that',
    ': contentEncoding has changed, and this check cannot judge that',
  ],
  [
    'words that only people read',
    { ...text, description: 'a', default: 'x' },
    { ...text, description: 'b', title: 'c', examples: ['d'] },
  ],
];

describe('a change of a schema', () => {
  // Rows differ in length, which the runner would fill up with a callback.
  it.each(rows.map(([name, ...row]) => [name, row] as const))('%s', (_name, row) => {
    const [released, now, input, output] = row;
    expect(asInput(released, now)).toEqual(input === undefined ? [] : [input]);
    expect(asOutput(released, now)).toEqual(output === undefined ? [] : [output]);
  });
});

describe('schemas under a name', () => {
  const Price = object({ amount: number }, ['amount']);
  const reference = (name: string) => ({ $ref: `#/components/schemas/${name}` });

  it('are compared by what they say, not by what they are called', () => {
    const definitions = { Price, Price2: Price, Cost: object({}) };
    const holds = (name: string) => object({ price: reference(name) });
    expect(asInput(holds('Price'), holds('Price2'), definitions)).toEqual([]);
    expect(asInput(holds('Price'), holds('Cost'), definitions)).toEqual([
      '/properties/price/properties/amount: the field is no longer taken',
    ]);
  });

  it('may hold themselves', () => {
    const tree = (more: object) =>
      object({ children: { type: 'array', items: reference('Tree') }, ...more });
    const definitions = { Tree: tree({ a: text }), Old: tree({ a: text, b: text }) };
    expect(asInput(reference('Old'), reference('Tree'), definitions)).toEqual([
      '/properties/b: the field is no longer taken',
    ]);
  });

  it('that lead nowhere end the comparison', () => {
    expect(() => asInput(reference('Nobody'), text)).toThrow('#/components/schemas/Nobody leads');
  });
});

describe('a list that the release calls open', () => {
  const was = { type: 'string', enum: ['a'], 'x-open': true };
  const is = { type: 'string', enum: ['a', 'b'], 'x-open': true };

  it('may get further values, where the reader does not check what it reads', () => {
    expect(asOutput(was, is)).toEqual([]);
    const checked = outputFaults(...sides(was, is), { readerChecks: true });
    expect(told(checked, 'output')).toEqual([': may be "b" now, which a reader does not know']);
  });

  it('may not lose what it takes', () => {
    expect(asInput(is, was)).toEqual([': no longer takes "b"']);
  });
});
