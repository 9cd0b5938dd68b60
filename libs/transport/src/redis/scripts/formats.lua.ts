/**
 * Lua for which format of events a group reads. A member whose name ends in `~2` reads format 2 beside
 * format 1. The group does when the consumer `(reads 2)` is in it: the members that read format 2 put
 * it there, and the first tend of a member that knows nothing of this takes it away, before it reads.
 */
export const formatsLua = `local reads2 = '(reads 2)'\n`;

/** What the name of a member ends in that reads format 2. */
export const reads2Suffix = '~2';
