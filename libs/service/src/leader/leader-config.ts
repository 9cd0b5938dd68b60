import { z } from 'zod';

/** The settings of an app with jobs that one process alone may run; with `kubernetesConfig`. */
export const leaderConfig = {
  LEASES: z.enum(['files', 'kubernetes']).optional().meta({
    description: 'where leases are; files when not given, which production wants to be asked for',
  }),
  LEASES_DIR: z
    .string()
    .min(1)
    .default('.courtside/leases')
    .meta({ description: 'folder of lease files, one for all replicas' }),
  LEASE_PREFIX: z
    .string()
    .regex(/^[a-z0-9]([-a-z0-9]{0,29}[a-z0-9])?$/, 'must be at most 31 of a-z, 0-9 and -')
    .default('courtside')
    .meta({ description: "what every lease's name starts with: one for each installation" }),
  LEASE_SECONDS: z.coerce
    .number()
    .int()
    .min(3)
    .max(300)
    .default(15)
    .meta({ description: 'how long nobody takes over from a leader that is silent, seconds' }),
};

export type LeaderConfig = z.output<z.ZodObject<typeof leaderConfig>>;
