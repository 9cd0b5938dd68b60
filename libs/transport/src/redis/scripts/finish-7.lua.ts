import { finishLua } from './finish.lua.js';

/**
 * Acknowledges and replies in one step.
 *
 * KEYS 1 stream, 2 entries that wait for their next run, 3 dead letters, 4 handlers that are done,
 *      5 state of the group
 * ARGV 1 group, 2 consumer, 3 'delete' or 'keep' acknowledged entries, 4 number of ids done,
 *      then these ids, then the number of failures and for each its
 *      kind ('retry' or 'dead'), id, delay in ms or attempts, number of the run that failed or
 *      reason, stack,
 *      then channel and frame of each reply
 * Answers how many entries were acknowledged, then the channels that could not be published on.
 *
 * A reply that the server refuses is lost like one whose client is gone: the entries are done all the
 * same, so that nobody can keep a replica busy by asking for a reply where it may not go.
 * Of events, some that nobody needs are trimmed: as many as come to be finished, so that no trimming
 * takes long while a backlog is worked off.
 * Repeating it is harmless: an entry is acknowledged once, a failure counts only while this
 * consumer holds the entry, and a client drops a reply it has had.
 */
export const finish6 = `${finishLua()}local answer = { acknowledged }
for i = at, #ARGV, 2 do
  local sent = redis.pcall('PUBLISH', ARGV[i], ARGV[i + 1])
  if type(sent) == 'table' and sent.err then answer[#answer + 1] = ARGV[i] end
end
return answer
`;
