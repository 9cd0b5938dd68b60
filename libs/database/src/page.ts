import { Problem } from '@courtside/contracts';
import type { z } from 'zod';

/** The values of the sort columns in the last row of a page. */
export type Position = readonly (string | number | null)[];

/** A cursor for clients: opaque, safe in a URL. */
export const cursorAt = (position: Position): string =>
  Buffer.from(JSON.stringify(position)).toString('base64url');

/**
 * The position in a cursor, checked value by value: what reaches the database is of its type.
 * @throws Problem `request.invalid` when the cursor was not made by us for this order.
 */
export function positionIn<P extends Position>(
  cursor: string | undefined,
  schema: z.ZodType<P>,
): P | undefined {
  if (cursor === undefined) return undefined;
  const result = schema.safeParse(decoded(cursor));
  if (result.success) return result.data;
  throw new Problem('request.invalid', 'cursor: is not one that this list gave', {
    errors: [{ pointer: '/cursor', detail: 'is not one that this list gave' }],
  });
}

function decoded(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}

/**
 * Cuts a page from rows that were read with one row more than asked for: that one tells whether
 * there is a next page.
 */
export function pageFrom<R, T>(
  rows: readonly R[],
  limit: number,
  map: (row: R) => T,
  position: (row: R) => Position,
): { items: T[]; next: string | null } {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const next = rows.length > limit && last !== undefined ? cursorAt(position(last)) : null;
  return { items: shown.map(map), next };
}
