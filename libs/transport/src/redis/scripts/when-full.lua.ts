/**
 * The first line of a script that a server without memory left still runs: one that tells who is alive or
 * ends what is there. It takes little, and what it ends gives memory back (Redis 7.0, Lua API, script flags).
 */
export const whenFull = '#!lua flags=allow-oom\n';
