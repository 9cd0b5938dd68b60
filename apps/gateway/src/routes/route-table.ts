import { z } from 'zod';
import { upstreamKeys } from '../upstream/upstream-keys.js';
import { DeprecatedEntry, DeprecatedTable } from './deprecated-entry.js';

/** The methods a route may take. HEAD follows from GET, OPTIONS is answered for all. */
export const methods = ['get', 'post', 'put', 'patch', 'delete'] as const;

const millisecondsOf = { ms: 1, s: 1_000 } as const;
const bytesOf = { B: 1, KiB: 1_024, MiB: 1_048_576 } as const;

/** Longer than any answer is waited for by whoever stands in front of the gateway. */
const TIMEOUT_MS_MAX = 60_000;
/** What one message on the bus may carry at most is below this. */
const BODY_BYTES_MAX = 16 * 1_048_576;

const Timeout = z
  .string()
  .regex(/^[1-9]\d{0,5}(ms|s)$/, 'must be a time such as 800ms or 2s')
  .transform((text) => amountOf(text, millisecondsOf))
  .refine((value) => value <= TIMEOUT_MS_MAX, 'must be at most 60s')
  .meta({ description: 'how long the answer may take: 800ms, 2s' });

const Size = z
  .string()
  .regex(/^[1-9]\d{0,6}(B|KiB|MiB)$/, 'must be a size such as 64KiB')
  .transform((text) => amountOf(text, bytesOf))
  .refine((value) => value <= BODY_BYTES_MAX, 'must be at most 16MiB')
  .meta({ description: 'how large the body may be: 64KiB, 1MiB' });

const Need = z.enum(['optional', 'required']);
const FieldName = z.string().regex(/^[A-Za-z_][\w-]*$/, 'must be the name of a field');
const FieldPath = z
  .string()
  .regex(/^[A-Za-z_][\w-]*(\.[A-Za-z_][\w-]*)*$/, 'must be a field, or a path such as items.email');

const Response = z
  .strictObject({
    status: z.int().min(200).max(299).optional(),
    location: z.string().startsWith('/').optional().meta({
      description: 'the Location header; {field} stands for a field of the answer',
    }),
    etag: FieldName.optional().meta({ description: 'the field of the answer that is its version' }),
    drop: z.array(FieldPath).min(1).optional().meta({ description: 'fields that are removed' }),
    rename: z.record(FieldPath, FieldName).optional().meta({ description: 'old name: new name' }),
    envelope: FieldName.optional().meta({ description: 'puts the answer under this one key' }),
    headers: z
      .record(
        z.string().regex(/^[a-z][a-z0-9-]*$/, 'must be a header name in lower case'),
        z.string().regex(/^[\x20-\x7e]+$/, 'must be printable ASCII'),
      )
      .optional(),
  })
  .meta({ description: 'what is done to the answer before it goes out' });

const Literal = z.union([z.string(), z.number(), z.boolean(), z.null()]);
const Input = z
  .union([z.enum(['$body', '$query']), z.record(z.string(), Literal)], {
    error: 'must be $body, $query or a mapping of fields',
  })
  .meta({
    description:
      'fields of the message: $path.x, $query.x, $body.x, $claims.sub, $claims.sid, a literal; "...": $body or $query takes over all the rest',
  });

const Target = z
  .strictObject({
    message: z.string().optional().meta({ description: 'the message that answers' }),
    input: Input.optional(),
    upstream: z
      .enum(upstreamKeys)
      .optional()
      .meta({ description: 'the HTTP upstream, by its key' }),
    path: z.string().startsWith('/').optional().meta({
      description:
        'the path at the upstream; {name} stands for a part of the path, {*} for the rest',
    }),
  })
  .superRefine(({ message, input, upstream, path }, context) => {
    const fault = (text: string) => context.addIssue({ code: 'custom', message: text });
    if ((message === undefined) === (upstream === undefined)) {
      fault('names either a message or an upstream');
    }
    if (upstream !== undefined && input !== undefined) fault('an upstream takes no input');
    if (message !== undefined && path !== undefined) fault('a message takes no path');
  });

const path = z.string().optional().meta({ description: 'the path, such as /api/v1/users/{id}' });

export const RouteEntry = z
  .strictObject({
    get: path,
    post: path,
    put: path,
    patch: path,
    delete: path,
    auth: z
      .enum(['none', 'user'], { error: 'every route says auth: none or auth: user' })
      .meta({ description: 'none answers everyone, user needs a valid token' }),
    summary: z.string().min(1).optional(),
    to: Target,
    timeout: Timeout.optional(),
    maxBody: Size.optional(),
    idempotency: Need.optional().meta({ description: 'whether Idempotency-Key is taken' }),
    precondition: Need.optional().meta({ description: 'whether If-Match is taken' }),
    response: Response.optional(),
    deprecated: DeprecatedEntry.optional().meta({ description: 'that another version comes next' }),
  })
  .superRefine((route, context) => {
    if (methods.filter((method) => route[method] !== undefined).length === 1) return;
    const message = `names exactly one of ${methods.join(', ')} with its path`;
    context.addIssue({ code: 'custom', message });
  });
export type RouteEntry = z.output<typeof RouteEntry>;

export const AliasEntry = z.strictObject({
  prefix: z.string().meta({ description: 'the other prefix' }),
  to: z.string().meta({ description: 'the prefix of the routes that answer there too' }),
  only: z.array(z.string()).min(1).optional().meta({ description: 'what must follow the prefix' }),
});
export type AliasEntry = z.output<typeof AliasEntry>;

const defaults = z.strictObject({ timeout: Timeout.optional(), maxBody: Size.optional() });

/** A file of routes. Unknown keys are faults: a mistyped one must never open a route. */
export const RouteTable = z.strictObject({
  apiVersion: z.literal('gateway/v1', { error: 'must be gateway/v1' }),
  kind: z.literal('RouteTable', { error: 'must be RouteTable' }),
  metadata: z.strictObject({
    name: z.string().regex(/^[a-z][a-z0-9-]{0,62}$/, 'must be a name such as public'),
    revision: z.string().min(1).max(64).meta({ description: 'told in metrics and in the log' }),
  }),
  spec: z.strictObject({
    defaults: defaults.optional(),
    aliases: z.array(AliasEntry).optional(),
    deprecated: DeprecatedTable.optional(),
    routes: z.array(RouteEntry).max(10_000),
  }),
});
export type RouteTable = z.output<typeof RouteTable>;

function amountOf(text: string, units: Readonly<Record<string, number>>): number {
  const number = Number.parseInt(text, 10);
  return number * (units[text.slice(String(number).length)] ?? 1);
}
