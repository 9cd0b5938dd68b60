import { z } from 'zod';

/** UUIDv7 (RFC 9562), made by the app: ids sort by the time they were made. */
export const Id = z.uuid({ version: 'v7' }).meta({
  id: 'Id',
  description: 'UUIDv7',
  examples: ['019ab2c4-7d11-7c3e-8a55-0f8d3a4c2b1e'],
});

/** An instant in UTC, ISO 8601 with milliseconds. */
export const Instant = z.iso.datetime().meta({
  id: 'Instant',
  description: 'UTC, ISO 8601',
  examples: ['2026-11-25T09:30:00.000Z'],
});

/** Largest amount: beyond it a sum of 100 lines of 10,000 pieces could leave the safe integers. */
const AMOUNT_MAX = 1_000_000_000;

/** Money in minor units of its currency (ISO 4217), never a fraction. */
export const Price = z
  .strictObject({
    amount: z.int().min(0).max(AMOUNT_MAX).meta({ description: 'minor units, such as cents' }),
    currency: z
      .string()
      .regex(/^[A-Z]{3}$/, 'must be three capital letters, such as EUR')
      .meta({ examples: ['EUR'] }),
  })
  .meta({ id: 'Price' });
export type Price = z.infer<typeof Price>;

/** A sum of prices; may be larger than any one of them. */
export const Total = z
  .strictObject({
    amount: z.int().min(0).meta({ description: 'minor units, such as cents' }),
    currency: z
      .string()
      .regex(/^[A-Z]{3}$/)
      .meta({ examples: ['EUR'] }),
  })
  .meta({ id: 'Total' });

export const PAGE_SIZE_MAX = 200;
export const PAGE_SIZE_DEFAULT = 50;

/** What every list takes: how many, and where the page before ended. */
export const pageFields = {
  limit: z.int().min(1).max(PAGE_SIZE_MAX).default(PAGE_SIZE_DEFAULT),
  cursor: z.string().min(1).max(512).optional().meta({ description: '`next` of the page before' }),
};

/** A page of a list: `next` is null on the last one. */
export const pageOf = <T extends z.ZodType>(item: T, id: string) =>
  z.strictObject({ items: z.array(item), next: z.string().nullable() }).meta({ id });

/** Text a person typed: trimmed, without control characters, in Unicode NFC. */
export const text = (lengthMin: number, lengthMax: number) =>
  z
    .string()
    .normalize('NFC')
    .trim()
    .min(lengthMin)
    .max(lengthMax)
    .regex(/^[^\p{Cc}]*$/u, 'must not contain control characters');

/** The answer of operations that have nothing to tell. */
export const Nothing = z.null();
