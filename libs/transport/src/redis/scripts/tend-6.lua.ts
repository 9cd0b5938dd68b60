import { formatsLua } from './formats.lua.js';
import { orderLua } from './order.lua.js';
import { nowLua, rememberLua } from './remember.lua.js';
import { whenFull } from './when-full.lua.js';

/**
 * Announces a member of a group and brings home what it should run beside new entries.
 *
 * KEYS 1 stream, 2 presence, 3 entries that wait for their next run, 4 state of the group,
 *      5 handlers that are done
 * ARGV 1 group, 2 consumer, 3 ms after which a member is dead, 4 entries to bring at most,
 *      5 'serving' or 'draining',
 *      6 ms to keep finished entries, or -1 when they are deleted one by one,
 *      7 name of the set of payloads that lie apart by the time of their events, 8 what their keys begin
 *      with, 9 what says to senders that all members of a service read payloads that lie apart: as
 *      arguments, because users made before this was known may not use them
 * Answers 'ok', in how many ms the next member that holds work is dead unless it is heard before (-1: no
 * other one holds any), how many entries wait for one before them in their slot, and a list of { id, fields,
 * attempt, handlers that are done, dead member that it was taken from }; or 'lost' with `last`
 * and `open` of the state when the group is gone though its stream is there: the members then make
 * it again with `rebuild`.
 *
 * A member that serves has its time as score, one that drains the negative of it: both are alive,
 * only the first counts for who sends. When nobody at all was heard for half the time it takes to be
 * dead, it was the server that was away: the others then have that long to be heard again. That is so once, until
 * another one is heard: a member that is late itself, again and again, must not hold a dead one for absent.
 *
 * What a group of events reads is noted, see `formats.lua`, and only when no member that does not read
 * it was heard for ten minutes, so that one of those that restarts finds nothing it cannot read.
 */
export const tend6 = `${whenFull}${nowLua}${rememberLua}${formatsLua}${orderLua}
local stream, presence, later, state, marks = unpack(KEYS)
local group, me, dead, room = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])

local first = redis.call('ZRANGE', presence, 0, 0, 'WITHSCORES')[2]
local last = redis.call('ZRANGE', presence, -1, -1, 'WITHSCORES')[2]
local heard = first and math.max(tonumber(last), -tonumber(first)) or now
if heard < now - dead / 2 then
  local grace = tonumber(redis.call('HGET', state, 'grace') or 0)
  local began, isOther = grace - dead / 2, grace == 0
  for _, range in ipairs({ { '(' .. began, '+inf' }, { '-inf', '(' .. -began } }) do
    for _, name in ipairs(redis.call('ZRANGEBYSCORE', presence, range[1], range[2])) do
      if name ~= me then isOther = true end
    end
  end
  if isOther then redis.call('HSET', state, 'grace', now + dead / 2) end
end
redis.call('ZADD', presence, ARGV[5] == 'draining' and -now or now, me)

local hasGroup, isThere = false, redis.call('EXISTS', stream) == 1
if isThere then
  for _, info in ipairs(redis.call('XINFO', 'GROUPS', stream)) do
    if info[2] == group then hasGroup = true end
  end
end
if not hasGroup then
  local known = redis.call('HMGET', state, 'last', 'open')
  if isThere and known[1] then return { 'lost', known[1], known[2] } end
  redis.call('DEL', state)
  redis.call('XGROUP', 'CREATE', stream, group, '0', 'MKSTREAM')
end

local brought = { 'ok', -1, 0 }
local function expect(ms)
  if brought[2] < 0 or ms < brought[2] then brought[2] = ms end
end
local function bring(id, from)
  local claimed = redis.call('XCLAIM', stream, group, me, 0, id)
  if not claimed[1] then return end
  room = room - 1
  local pending = redis.call('XPENDING', stream, group, id, id, 1)
  local done = redis.call('HGET', marks, id) or ''
  brought[#brought + 1] = { id, claimed[1][2], pending[1][4], done, from }
end

if room > 0 then
  for _, id in ipairs(redis.call('ZRANGEBYSCORE', later, '-inf', now, 'LIMIT', 0, room)) do
    redis.call('ZREM', later, id)
    bring(id)
  end
end

local isGrace = now < tonumber(redis.call('HGET', state, 'grace') or 0)
local alive, isOld, isOld3 = {}, false, false
for _, range in ipairs({ { now - dead, '+inf' }, { '-inf', dead - now } }) do
  for _, name in ipairs(redis.call('ZRANGEBYSCORE', presence, range[1], range[2])) do
    alive[name] = true
    if string.sub(name, -2) ~= '~2' then isOld = true end
    if string.sub(name, -4) ~= '~3~2' then isOld3 = true end
  end
end
local hasMarker, hasMarker3 = false, false
for _, info in ipairs(redis.call('XINFO', 'CONSUMERS', stream, group)) do
  local name, pending = info[2], info[4]
  if name == reads2 then
    hasMarker = true
  elseif name == reads3 then
    hasMarker3 = true
  elseif name == waiting then
    brought[3] = pending
  elseif alive[name] or (isGrace and redis.call('ZSCORE', presence, name)) then
    if name ~= me and pending > 0 then
      local silent = now - math.abs(redis.call('ZSCORE', presence, name))
      expect(math.max(dead - silent, isGrace and redis.call('HGET', state, 'grace') - now or 0) + 1)
    end
  else
    if pending == 0 then
      redis.call('XGROUP', 'DELCONSUMER', stream, group, name)
      redis.call('ZREM', presence, name)
    elseif room > 0 then
      local reach = room + redis.call('ZCARD', later)
      for _, item in ipairs(redis.call('XPENDING', stream, group, '-', '+', reach, name)) do
        if room > 0 and not redis.call('ZSCORE', later, item[1]) then bring(item[1], name) end
      end
    end
  end
end

local keep = tonumber(ARGV[6])
if keep < 0 then
  if isOld3 then redis.pcall('DEL', ARGV[9])
  else redis.pcall('SET', ARGV[9], 3, 'PX', ARGV[3]) end
end
if keep >= 0 then
  local function note(marker, has, isAny, field)
    if isAny then
      redis.call('HSET', state, field, now)
      if has then redis.call('XGROUP', 'DELCONSUMER', stream, group, marker) end
    elseif not has and now - (redis.call('HGET', state, field) or 0) >= 600000 then
      -- Users made before this was known may not: then it stays as it was.
      redis.pcall('XGROUP', 'CREATECONSUMER', stream, group, marker)
    end
  end
  note(reads2, hasMarker, isOld, 'old')
  note(reads3, hasMarker3, isOld3, 'old3')
  local oldest = now - keep
  local edge = oldest .. '-0'
  for _, info in ipairs(redis.call('XINFO', 'GROUPS', stream)) do
    local last = info[8]
    local first = redis.call('XPENDING', stream, info[2])[2]
    if first then last = first end
    local ms = tonumber(string.match(last, '^(%d+)'))
    if ms < oldest then oldest = ms; edge = last end
  end
  redis.call('HSET', state, 'edge', edge)
  -- Nobody else is answered meanwhile: no more at a time than takes a millisecond.
  local most = 10000
  local cut = redis.call('XTRIM', stream, 'MINID', '~', edge, 'LIMIT', most)
  if cut + 1000 < most then redis.call('XTRIM', stream, 'MINID', edge) end
  local bodies = ARGV[7]
  if redis.pcall('EXISTS', bodies) == 1 then
    local head = redis.call('XRANGE', stream, '-', '+', 'COUNT', 1)[1]
    local headMs, headSequence = string.match(head and head[1] or '', '^(%d+)%-(%d+)$')
    local upTo = headMs or '+inf'
    for _, item in ipairs(redis.call('ZRANGEBYSCORE', bodies, '-inf', upTo, 'LIMIT', 0, 1000)) do
      local ms, sequence, name = string.match(item, '^(%d+)%-(%d+) (.+)$')
      if ms ~= headMs or tonumber(sequence) < tonumber(headSequence) then
        redis.call('UNLINK', ARGV[8] .. name)
        redis.call('ZREM', bodies, item)
      end
    end
  end
end
remember(stream, group, state)
return brought
`;
