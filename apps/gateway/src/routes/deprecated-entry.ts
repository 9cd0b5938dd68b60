import { z } from 'zod';

const Day = z.iso.date({ error: 'must be a day such as 2027-05-01' });

const fields = {
  since: Day.meta({ description: 'the day from which nobody should begin to use it' }),
  sunset: Day.meta({ description: 'the day until which it is served in any case' }),
  docs: z
    .string()
    .regex(/^(https?:\/\/|\/)[^\s<>"\\^`{|}]+$/, 'must be a path or a URL')
    .optional()
    .meta({ description: 'where a person reads how to move' }),
  gone: z.boolean().optional().meta({
    description: 'answers 410 from the sunset on; without it it is served until it is removed',
  }),
};
const path = (description: string) =>
  z.string().startsWith('/', 'must be a path').optional().meta({ description });

/** What a route says of its own end. */
export const DeprecatedEntry = z
  .strictObject({ ...fields, successor: path('the path of the route to use instead') })
  .superRefine(leadsOnInTime);
export type DeprecatedEntry = z.output<typeof DeprecatedEntry>;

/** The same for every route of a file: one prefix takes the place of another. */
export const DeprecatedTable = z
  .strictObject({
    ...fields,
    prefix: path('what its routes start with: /api/v1'),
    successor: path('what the routes to use instead start with: /api/v2'),
  })
  .superRefine((entry, context) => {
    leadsOnInTime(entry, context);
    if ((entry.prefix === undefined) === (entry.successor === undefined)) return;
    context.addIssue('prefix and successor belong together: the one takes the place of the other');
  })
  .meta({ description: 'said of every route of the file that does not say it itself' });
export type DeprecatedTable = z.output<typeof DeprecatedTable>;

function leadsOnInTime(
  {
    since,
    sunset,
    successor,
    docs,
  }: z.output<z.ZodObject<typeof fields>> & { successor?: unknown },
  context: z.core.$RefinementCtx,
): void {
  if (sunset <= since) {
    context.addIssue({ code: 'custom', path: ['sunset'], message: 'must be later than since' });
  }
  if (successor === undefined && docs === undefined) {
    context.addIssue('names a successor, or docs that tell what to do without one');
  }
}
