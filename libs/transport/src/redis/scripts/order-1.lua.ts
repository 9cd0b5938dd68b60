import { orderLua } from './order.lua.js';
import { whenFull } from './when-full.lua.js';

/**
 * Tells which entries may run of those that have one before them in their slot. The others wait for
 * it: they are this member's no longer, and handed out when that one ends.
 *
 * KEYS 1 stream, 2 hash of what waits for which entry
 * ARGV 1 group, 2 consumer, 3… id and id of the entry before, in pairs
 * Answers how many entries of the group wait now, then 1 for each that may run and 0 for the others.
 */
export const order1 = `${whenFull}${orderLua}
local stream, following, group, me = KEYS[1], KEYS[2], ARGV[1], ARGV[2]
local answer, isAny = { 0 }, false
for i = 3, #ARGV, 2 do
  local id, prior = ARGV[i], ARGV[i + 1]
  local mayRun = 0
  -- When the question comes again, it may be with another member by now.
  if redis.call('XPENDING', stream, group, id, id, 1, me)[1] then
    if not is_open(stream, group, prior) then mayRun = 1
    else
      redis.call('XCLAIM', stream, group, waiting, 0, id, 'RETRYCOUNT', 0, 'JUSTID')
      redis.call('HSET', following, prior, id)
      isAny = true
    end
  end
  answer[#answer + 1] = mayRun
end
-- A week without one more forgets what an entry left that was taken away.
if isAny then redis.call('PEXPIRE', following, 604800000) end
for _, info in ipairs(redis.call('XINFO', 'CONSUMERS', stream, group)) do
  if info[2] == waiting then answer[1] = info[4] end
end
return answer
`;
