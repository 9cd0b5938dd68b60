/** Small words for describing the values of a chart: each has a description and a default. */
import { z } from 'zod';

export const text = (description, initially = '') =>
  z.string().default(initially).meta({ description });

export const flag = (description, initially) =>
  z.boolean().default(initially).meta({ description });

export const whole = (description, initially, { min = 0, max = 1_000_000 } = {}) =>
  z.int().min(min).max(max).default(initially).meta({ description });

export const choice = (description, options, initially = options[0]) =>
  z.enum(options).default(initially).meta({ description });

export const texts = (description, initially = []) =>
  z.array(z.string().min(1)).default(initially).meta({ description });

export const ports = (description, initially = []) =>
  z.array(z.int().min(1).max(65_535)).default(initially).meta({ description });

const cidr = z.string().regex(/^[0-9a-fA-F.:]+\/\d{1,3}$/);
export const cidrs = (description, initially = []) =>
  z.array(cidr).default(initially).meta({ description });

/** Text by text: labels, annotations. */
export const labels = (description, initially = {}) =>
  z.record(z.string(), z.string()).default(initially).meta({ description });

/** A piece of the Kubernetes API, whose own rules hold: `kind` says which, for the reader. */
export const piece = (description, kind, initially = {}) =>
  z
    .looseObject({})
    .default(initially)
    .meta({ description: `${description} (${kind})` });

export const pieces = (description, kind) =>
  z
    .array(z.looseObject({}))
    .default([])
    .meta({ description: `${description} (list of ${kind})` });

/** A group of values; a key that it does not name is an error. */
export const group = (description, shape) => z.strictObject(shape).meta({ description });
