import { nobodyLua, nowLua } from './remember.lua.js';
import { whenFull } from './when-full.lua.js';

/**
 * Makes a group again that is gone while its stream is there. Each living member says what it holds
 * and what it has lately finished; when all have, or a member's life later, the group stands again:
 * what is finished is not handed out again, what runs stays with whom it runs, and the rest is
 * anybody's. Until then nobody reads.
 *
 * KEYS 1 stream, 2 presence, 3 state of the group, 4 what the members said
 * ARGV 1 group, 2 consumer, 3 ms after which a member is dead, 4 number of entries held,
 *      then id and number of runs of each, then the ids of finished entries
 * Answers 1 once the group is there, 0 while others have not spoken.
 */
export const rebuild4 = `${whenFull}${nowLua}${nobodyLua}
local stream, presence, state, said = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local group, me, dead = ARGV[1], ARGV[2], tonumber(ARGV[3])
if redis.call('EXISTS', stream) == 0 then return 1 end
for _, info in ipairs(redis.call('XINFO', 'GROUPS', stream)) do
  if info[2] == group then return 1 end
end

redis.call('HSETNX', said, 'since', now)
redis.call('HSET', said, 'by ' .. me, 1)
local at = 5
for _ = 1, ARGV[4] do
  redis.call('HSET', said, 'held ' .. ARGV[at], ARGV[at + 1] .. ' ' .. me)
  at = at + 2
end
for i = at, #ARGV do redis.call('HSET', said, 'done ' .. ARGV[i], 1) end
redis.call('PEXPIRE', said, 60000)
if redis.call('HGET', said, 'since') + dead > now then
  for _, range in ipairs({ { now - dead, '+inf' }, { '-inf', dead - now } }) do
    for _, name in ipairs(redis.call('ZRANGEBYSCORE', presence, range[1], range[2])) do
      if redis.call('HEXISTS', said, 'by ' .. name) == 0 then return 0 end
    end
  end
end

local known = redis.call('HMGET', state, 'last', 'open')
local last = known[1] or '0'
redis.call('XGROUP', 'CREATE', stream, group, last)
local function place(id, runs, isPending)
  if redis.call('HEXISTS', said, 'done ' .. id) == 1 then
    if isPending then redis.call('XACK', stream, group, id) end
    return
  end
  local held, owner = redis.call('HGET', said, 'held ' .. id), nobody
  if held then runs, owner = string.match(held, '^(%d+) (.*)$') end
  redis.call('XCLAIM', stream, group, owner, 0, id, 'RETRYCOUNT', runs, 'FORCE', 'JUSTID')
end

for id, runs in string.gmatch(known[2] or '', '(%S+) (%S+)') do place(id, runs, false) end

local function order(id)
  local ms, sequence = string.match(id, '^(%d+)%-(%d+)$')
  return tonumber(ms), tonumber(sequence)
end
local reachMs, reachSequence = 0, 0
for _, field in ipairs(redis.call('HKEYS', said)) do
  local id = string.match(field, '^%a+ (%d+%-%d+)$')
  if id then
    local ms, sequence = order(id)
    if ms > reachMs or (ms == reachMs and sequence > reachSequence) then
      reachMs, reachSequence = ms, sequence
    end
  end
end
local lastMs, lastSequence = order(last)
while lastMs and (lastMs < reachMs or (lastMs == reachMs and lastSequence < reachSequence)) do
  local read = redis.call('XREADGROUP', 'GROUP', group, nobody, 'COUNT', 100, 'STREAMS', stream, '>')
  if not read then break end
  for _, entry in ipairs(read[1][2]) do
    lastMs, lastSequence = order(entry[1])
    place(entry[1], 0, true)
  end
end
redis.call('DEL', said)
return 1
`;
