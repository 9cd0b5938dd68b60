/**
 * Lua for what a group reads. A member whose name ends in `~2` reads events of format 2 beside format 1,
 * one whose name ends in `~3~2` payloads that lie apart, too. A group does when the consumer `(reads 2)`
 * or `(reads 3)` is in it: the members that read it put it there, and the first tend of a member that
 * knows nothing of this takes it away, before it reads.
 */
export const formatsLua = `local reads2, reads3 = '(reads 2)', '(reads 3)'\n`;

/** What the name of a member ends in that reads all this. */
export const memberSuffix = '~3~2';
