/** Compares what two schemas of one type say about sizes, numbers and texts. */

const sizes = [
  ['minLength', 0, (one, other) => one < other],
  ['minItems', 0, (one, other) => one < other],
  ['maxLength', Infinity, (one, other) => one > other],
  ['maxItems', Infinity, (one, other) => one > other],
];

/** Where a written value may lie outside what is read. */
export function boundFaults(written, read) {
  const faults = sizes
    .filter(([key, none, isOutside]) => isOutside(written[key] ?? none, read[key] ?? none))
    .map(([key]) => ({ kind: 'bound', name: key, written: written[key], read: read[key] }));
  return [
    ...faults,
    ...edgeFaults('smallest value', edge(written, 'inimum', -1), edge(read, 'inimum', -1)),
    ...edgeFaults('largest value', edge(written, 'aximum', 1), edge(read, 'aximum', 1)),
    ...textFaults(written, read),
    ...multipleFaults(written, read),
  ];
}

/** The end of a range: a number, or the number before which it ends. Further out reaches further. */
function edge(schema, keyword, sign) {
  const end = (value, isIn) => (value === undefined ? [] : [{ value, isIn, reach: sign * value }]);
  const ends = [...end(schema[`exclusiveM${keyword}`], false), ...end(schema[`m${keyword}`], true)];
  ends.sort((one, other) => one.reach - other.reach || one.isIn - other.isIn);
  return ends[0] ?? { value: undefined, isIn: true, reach: Infinity };
}

function edgeFaults(name, written, read) {
  const isOutside =
    written.reach > read.reach || (written.reach === read.reach && written.isIn && !read.isIn);
  return isOutside ? [{ kind: 'bound', name, written: told(written), read: told(read) }] : [];
}

const told = ({ value, isIn }) => (isIn || value === undefined ? value : `next to ${value}`);

/** Whether one pattern takes all that another does is not computed: another one is a fault. */
function textFaults(written, read) {
  const patterns = (read.patterns ?? []).filter((each) => !written.patterns?.includes(each));
  return [
    ...patterns.map((name) => ({ kind: 'pattern', name })),
    ...(read.format !== undefined && read.format !== written.format
      ? [{ kind: 'bound', name: 'format', written: written.format, read: read.format }]
      : []),
  ];
}

function multipleFaults({ multipleOf: one }, { multipleOf: other }) {
  if (other === undefined || (one !== undefined && one % other === 0)) return [];
  return [{ kind: 'bound', name: 'multipleOf', written: one, read: other }];
}

/** Whether one listed value lies within the bounds of a schema. */
export function isWithin(value, schema) {
  const { minLength = 0, maxLength = Infinity, patterns = [] } = schema;
  if (typeof value === 'string') {
    const fits = patterns.every((pattern) => new RegExp(pattern, 'u').test(value));
    return fits && value.length >= minLength && value.length <= maxLength;
  }
  if (typeof value !== 'number') return true;
  const same = { type: 'number', minimum: value, maximum: value };
  return boundFaults(same, { ...schema, patterns: undefined, format: undefined }).length === 0;
}
