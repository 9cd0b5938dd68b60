import { resolved, typesOf, type JsonSchema } from './message-schemas.js';

/** Turns the texts of one query or path parameter into what the message's field takes. */
export type Coercion = (texts: readonly string[]) => unknown;

const NUMBER = /^-?(0|[1-9]\d{0,15})(\.\d{1,15})?$/;

/**
 * How texts become values of this schema, decided once. A text that does not fit stays a text: the
 * service then says what is wrong with it, together with everything else.
 */
export function coercionTo(schema: JsonSchema, root: JsonSchema): Coercion {
  const types = typesOf(schema, root);
  const items = resolved(schema, root).items;
  if (types.includes('array')) {
    const each = items ? coercionTo(items, root) : textOf;
    return (texts) => texts.map((text) => each([text]));
  }
  if (types.includes('integer') || types.includes('number')) {
    return ([text = '']) => (NUMBER.test(text) ? Number(text) : text);
  }
  if (types.includes('boolean')) {
    return ([text = '']) => (text === 'true' ? true : text === 'false' ? false : text);
  }
  return textOf;
}

/** Whether a parameter may be given more than once. */
export const isList = (schema: JsonSchema, root: JsonSchema): boolean =>
  typesOf(schema, root).includes('array');

const textOf: Coercion = ([text = '']) => text;
