import { z } from 'zod';

/**
 * Told to every process at most once: what a user or a session may do has changed. It only shortens
 * the wait; what was missed is bounded by the life of the cached answer.
 */
export const AccessChanged = z.union([
  z.strictObject({ userId: z.string() }),
  z.strictObject({ sessionId: z.string() }),
]);
export type AccessChanged = z.infer<typeof AccessChanged>;
export const ACCESS_CHANGED = 'access-changed';

/** Every channel that is broadcast on. */
export const broadcastChannels: readonly string[] = [ACCESS_CHANGED];
