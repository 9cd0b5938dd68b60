/**
 * Compares two schemas of the same thing: may what one side writes be something that the other does
 * not read? An input is written by whoever was built on the release and read by what is here now; an
 * output the other way round.
 */
import { boundFaults, isWithin } from './bounds.mjs';
import { alternatives, listed, resolved } from './resolve.mjs';

/** Keywords that are understood; a change of any other is a fault, since it cannot be judged. */
const known = new Set(
  `type properties required additionalProperties items prefixItems enum const anyOf oneOf minLength
   maxLength patterns format minimum maximum exclusiveMinimum exclusiveMaximum multipleOf minItems
   maxItems propertyNames x-open`.split(/\s+/),
);

/**
 * @typedef {{ schema: object, root: object }} Side
 * @typedef {{ pointer: string, kind: string, name?: string, was?: unknown, is?: unknown }} Fault
 */

/**
 * The faults of an input: what the release took and what is here now refuses.
 * @param {Side} released @param {Side} now @returns {Fault[]}
 */
export const inputFaults = (released, now) =>
  compared(released, now, { pointer: '', isInput: true, seen: [] });

/**
 * The faults of an output: what may be told now and a reader of the release does not know. Fields that
 * are new are none, since readers leave them out; nor are values of a list that the release called
 * open, unless the reader checks what it reads.
 * @param {Side} released @param {Side} now @returns {Fault[]}
 */
export const outputFaults = (released, now, { readerChecks = false } = {}) =>
  compared(now, released, { pointer: '', isInput: false, readerChecks, seen: [] });

function compared(written, read, context) {
  const pair = `${written.schema?.$ref} ${read.schema?.$ref}`;
  const isNamed = Boolean(written.schema?.$ref ?? read.schema?.$ref);
  if (isNamed && context.seen.includes(pair)) return [];
  const next = isNamed ? { ...context, seen: [...context.seen, pair] } : context;
  const [writes, reads] = [written, read].map(({ schema, root }) =>
    alternatives(resolved(schema, root), root),
  );
  const sides = (one, other) => [
    { schema: one, root: written.root },
    { schema: other, root: read.root },
  ];
  return writes.flatMap((one) => {
    const attempts = reads.map((other) => oneFaults(...sides(one, other), next));
    if (attempts.some((faults) => faults.length === 0)) return [];
    const isOther = ({ kind, pointer }) => kind === 'type' && pointer === next.pointer;
    const close = attempts.filter((faults) => !faults.some(isOther));
    if (close.length > 0) return close.sort((a, b) => a.length - b.length)[0];
    return [fault(next, 'type', { written: typesOf([one]), read: typesOf(reads) })];
  });
}

/** A fault with the two values by time instead of by side. */
function fault({ pointer, isInput }, kind, { written, read, name, under = '' }) {
  const [was, is] = isInput ? [written, read] : [read, written];
  return { pointer: pointer + under, kind, name, was, is };
}

const typesOf = (schemas) => [...new Set(schemas.map(typeOf))];

function typeOf(schema) {
  const values = listed(schema);
  return schema.type ?? (values ? typeof values[0] : 'anything');
}

function oneFaults(written, read, context) {
  const [one, other] = [written.schema, read.schema];
  if (!fitsType(one, other)) {
    return [fault(context, 'type', { written: typesOf([one]), read: typesOf([other]) })];
  }
  return [
    ...valueFaults(one, other, context),
    ...((listed(one) ?? listed(other)) ? [] : boundFaults(one, other).map(toFault(context))),
    ...keywordFaults(one, other, context),
    ...objectFaults(written, read, context),
    ...listFaults(written, read, context),
  ];
}

const toFault =
  (context) =>
  ({ kind, ...values }) =>
    fault(context, kind, values);

function fitsType(written, read) {
  if (read.type === undefined || listed(read)) return true;
  const values = listed(written);
  if (values) return values.every((value) => isOfType(value, read.type));
  return written.type === read.type || (written.type === 'integer' && read.type === 'number');
}

function isOfType(value, type) {
  if (type === 'integer') return Number.isInteger(value);
  if (value === null) return type === 'null';
  return (Array.isArray(value) ? 'array' : typeof value) === type;
}

function valueFaults(written, read, context) {
  const values = listed(written);
  const known = listed(read);
  if (!values && !known) return [];
  if (!values) return [fault(context, 'values', { written: ['any'], read: known, name: 'any' })];
  const isExcused = !context.isInput && !context.readerChecks && read['x-open'] === true;
  const strange = values.filter((value) =>
    known ? !known.includes(value) && !isExcused : !isWithin(value, read),
  );
  if (strange.length === 0) return [];
  const name = strange.map((value) => JSON.stringify(value)).join(', ');
  return [fault(context, 'values', { written: values, read: known, name })];
}

function keywordFaults(written, read, context) {
  const keys = Object.keys({ ...written, ...read }).filter((key) => !known.has(key));
  return keys
    .filter((key) => JSON.stringify(written[key]) !== JSON.stringify(read[key]))
    .map((name) => fault(context, 'keyword', { written: written[name], read: read[name], name }));
}

function objectFaults(written, read, context) {
  const [one, other] = [written.schema, read.schema];
  if (one.type !== 'object') return [];
  const at = (name) => `/properties/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
  const inside = (a, b, under) =>
    compared(
      { schema: a, root: written.root },
      { schema: b, root: read.root },
      { ...context, pointer: context.pointer + under },
    );
  const writes = one.properties ?? {};
  const reads = other.properties ?? {};
  const required = (other.required ?? []).filter((name) => !one.required?.includes(name));
  const gone = Object.keys(context.isInput ? writes : reads).filter(
    (name) => !(name in (context.isInput ? reads : writes)),
  );
  const isLost = (name) => gone.includes(name) && !isOpen(context.isInput ? other : one);
  return [
    ...required
      .filter((name) => context.isInput || !isLost(name))
      .map((name) => fault(context, 'required', { name })),
    ...gone.filter(isLost).map((name) => fault(context, 'gone', { name, under: at(name) })),
    ...Object.keys(writes)
      .filter((name) => name in reads || isSchema(other.additionalProperties))
      .flatMap((name) => inside(writes[name], reads[name] ?? other.additionalProperties, at(name))),
    ...otherFields(one, other, inside, context),
  ];
}

/** What is said of fields that have no name in the schema. */
function otherFields(one, other, inside, context) {
  if (!isOpen(one)) return [];
  if (!isOpen(other)) return context.isInput ? [fault(context, 'closed', {})] : [];
  const under = '/additionalProperties';
  return [
    ...inside(one.additionalProperties ?? {}, other.additionalProperties ?? {}, under),
    ...inside(one.propertyNames ?? {}, other.propertyNames ?? {}, '/propertyNames'),
  ];
}

const isOpen = ({ additionalProperties }) => additionalProperties !== false;
const isSchema = (value) => typeof value === 'object' && value !== null;

function listFaults(written, read, context) {
  const [one, other] = [written.schema, read.schema];
  const inside = (a, b, under) =>
    compared(
      { schema: a ?? {}, root: written.root },
      { schema: b ?? {}, root: read.root },
      { ...context, pointer: context.pointer + under },
    );
  const places = Math.max(one.prefixItems?.length ?? 0, other.prefixItems?.length ?? 0);
  return [
    ...(other.items ? inside(one.items, other.items, '/items') : []),
    ...Array.from({ length: places }, (_none, index) =>
      inside(
        one.prefixItems?.[index] ?? one.items,
        other.prefixItems?.[index] ?? other.items,
        `/prefixItems/${index}`,
      ),
    ).flat(),
  ];
}
