import { nowLua } from './remember.lua.js';

/**
 * Keeps events until they are due; one whose id waits already takes the place of that one.
 *
 * KEYS 1 ids by the time when they are due, 2 what waits under each id, 3 sent batches of this producer
 * ARGV 1 number of the batch, 2 how many may wait, 3 channel on which the members of groups hear of it,
 *      4… id, time (epoch ms, or '+' and ms from now), header and body of each
 * Answers how many it keeps, from the first on.
 *
 * When the first of all that wait is another one now, the members are told in how many ms it is due.
 */
export const schedule1 = `${nowLua}
local due, waiting, sent = KEYS[1], KEYS[2], KEYS[3]
local slot = tostring(ARGV[1] % 128)
local number, answer = string.match(redis.call('HGET', sent, slot) or '', '^(%d+) (%d+)$')
if number == ARGV[1] then
  redis.call('PEXPIRE', sent, 600000)
  return tonumber(answer)
end
local before = redis.call('ZRANGE', due, 0, 0, 'WITHSCORES')[2]
local room = ARGV[2] - redis.call('ZCARD', due)
local kept = 0
for i = 4, #ARGV, 4 do
  local id, at, header, body = unpack(ARGV, i, i + 3)
  if not redis.call('ZSCORE', due, id) then
    if room <= 0 then break end
    room = room - 1
  end
  local isDelay = string.sub(at, 1, 1) == '+'
  redis.call('ZADD', due, isDelay and now + tonumber(at) or math.max(now, tonumber(at)), id)
  redis.call('HSET', waiting, id, header .. '\\n' .. body)
  kept = kept + 1
end
redis.call('HSET', sent, slot, ARGV[1] .. ' ' .. kept)
redis.call('PEXPIRE', sent, 600000)
local first = redis.call('ZRANGE', due, 0, 0, 'WITHSCORES')[2]
if first and first ~= before then redis.call('PUBLISH', ARGV[3], math.max(0, first - now)) end
return kept
`;
