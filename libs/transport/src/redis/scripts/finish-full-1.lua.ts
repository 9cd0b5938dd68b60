import { finishLua } from './finish.lua.js';
import { orderLua } from './order.lua.js';
import { nobodyLua } from './remember.lua.js';
import { whenFull } from './when-full.lua.js';

/** A dead letter outlives its event, so it takes along what lies apart. */
const inlineLua = `
            if name == 'd' and string.sub(value, 1, 1) == '@' then
              local name = string.match(value, '^@(%S+) ')
              value = name and redis.call('GET', prefix .. name) or value
            end
`;

/**
 * Ends events that belong to slots, and hands on the ones that waited for them; ends events as dead
 * letters whose payloads lie apart.
 *
 * KEYS and ARGV as those of `finish`, with 'keep', up to the failures; then
 * KEYS 6 hash of what waits for which entry, 7 what the keys of payloads begin with
 * ARGV 'take' when this member runs what it is handed, else 'leave'; channel on which the others hear
 *      that there is work
 * Answers how many entries were acknowledged, then a list of { id, fields, attempt, handlers that are
 * done }, which are this member's from now on.
 *
 * When the answer is lost they are looked up, as everything is that a member was given unseen.
 */
export const finishFull1 = `${whenFull}${orderLua}${nobodyLua}
local prefix = KEYS[7]
${finishLua(inlineLua)}
local following, isTaking, channel = KEYS[6], ARGV[at] == 'take', ARGV[at + 1]
local answer, isLeft, n = { acknowledged }, false, 1
while n <= #ended do
  local id = redis.call('HGET', following, ended[n])
  if id then
    redis.call('HDEL', following, ended[n])
    if not redis.call('XPENDING', stream, group, id, id, 1, waiting)[1] then id = false end
  end
  if id and isTaking then
    local entry = redis.call('XCLAIM', stream, group, me, 0, id, 'RETRYCOUNT', 1)[1]
    if entry then answer[#answer + 1] = { id, entry[2], 1, redis.call('HGET', marks, id) or '' }
    -- It was taken out of the stream: the one behind it is next.
    else ended[#ended + 1] = id end
  elseif id then
    redis.call('XCLAIM', stream, group, nobody, 0, id, 'RETRYCOUNT', 0, 'JUSTID')
    isLeft = true
  end
  n = n + 1
end
if isLeft then redis.call('PUBLISH', channel, '') end
return answer
`;
