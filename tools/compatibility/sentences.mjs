/** Says in one sentence what a fault means for whoever was built on the release. */

const list = (values) => (Array.isArray(values) ? values.join(' or ') : String(values));
const bound = (value) => (value === undefined ? 'none' : JSON.stringify(value));

/** By the kind of fault: of what is taken, and of what is given. */
const kinds = {
  type: {
    input: ({ was, is }) => `took ${list(was)} and takes ${list(is)} now`,
    output: ({ was, is }) => `was ${list(was)} and may be ${list(is)} now`,
  },
  values: {
    input: ({ name }) => `${name === 'any' ? 'any value was taken' : `no longer takes ${name}`}`,
    output: ({ name }) =>
      name === 'any'
        ? 'may be any value now and was one of a list'
        : `may be ${name} now, which a reader does not know`,
  },
  bound: {
    input: ({ name, was, is }) => `${name} was ${bound(was)} and is ${bound(is)}: less is taken`,
    output: ({ name, was, is }) => `${name} was ${bound(was)} and is ${bound(is)}: more may come`,
  },
  pattern: {
    input: ({ name }) => `must match ${name} now, which was not demanded`,
    output: ({ name }) => `no longer promises to match ${name}`,
  },
  required: {
    input: ({ name }) => `the field ${name} is required now`,
    output: ({ name }) => `the field ${name} was always there and may be absent now`,
  },
  gone: {
    input: () => 'the field is no longer taken',
    output: () => 'the field is no longer given',
  },
  closed: { input: () => 'fields of other names are no longer taken' },
  keyword: {
    input: ({ name }) => `${name} has changed, and this check cannot judge that`,
    output: ({ name }) => `${name} has changed, and this check cannot judge that`,
  },
};

/** @param {import('./schema.mjs').Fault} fault @param {'input' | 'output'} direction */
export const sentenceOf = (fault, direction) => kinds[fault.kind][direction](fault);
