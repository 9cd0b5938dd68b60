import { finishLua } from './finish.lua.js';
import { whenFull } from './when-full.lua.js';

/**
 * Acknowledges, after the replies have been published.
 *
 * KEYS 1 stream, 2 entries that wait for their next run, 3 dead letters, 4 handlers that are done,
 *      5 state of the group
 * ARGV 1 group, 2 consumer, 3 'delete' or 'keep' acknowledged entries, 4 number of ids done,
 *      then these ids, then the number of failures and for each its
 *      kind ('retry' or 'dead'), id, delay in ms or attempts, number of the run that failed or
 *      reason, stack
 * Answers how many entries were acknowledged.
 *
 * Of events, some that nobody needs are trimmed: as many as come to be finished, so that no trimming
 * takes long while a backlog is worked off.
 * Repeating it is harmless: an entry is acknowledged once, and a failure counts only while this
 * consumer holds the entry.
 */
export const finish7 = `${whenFull}${finishLua()}return acknowledged
`;
