import { rememberLua } from './remember.lua.js';
import { whenFull } from './when-full.lua.js';

/**
 * Takes a member out of a group.
 *
 * KEYS 1 stream, 2 presence, 3 state of the group
 * ARGV 1 group, 2 consumer, 3 channel on which the others hear that there is work
 * Answers how many entries it leaves unfinished; the others take them over, because a consumer
 * is deleted only when it holds none: deleting it would lose them.
 */
export const leave3 = `${whenFull}${rememberLua}
redis.call('ZREM', KEYS[2], ARGV[2])
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
local unfinished = 0
local consumers = redis.pcall('XINFO', 'CONSUMERS', KEYS[1], ARGV[1])
if consumers.err then return 0 end
for _, info in ipairs(consumers) do
  if info[2] == ARGV[2] then unfinished = info[4] end
end
if unfinished == 0 then redis.call('XGROUP', 'DELCONSUMER', KEYS[1], ARGV[1], ARGV[2])
else redis.call('PUBLISH', ARGV[3], '') end
remember(KEYS[1], ARGV[1], KEYS[3])
return unfinished
`;
