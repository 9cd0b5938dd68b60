/**
 * Announces a member of a group and brings home what it should run beside new entries.
 *
 * KEYS 1 stream, 2 presence, 3 entries that wait for their next run
 * ARGV 1 group, 2 consumer, 3 ms after which a member is dead, 4 entries to bring at most,
 *      5 'serving' or 'draining',
 *      6 ms to keep finished entries, or -1 when they are deleted one by one
 * Answers a list of { id, fields, attempt }.
 *
 * A member that serves has its time as score, one that drains the negative of it: both are alive,
 * only the first counts for who sends.
 */
export const tend3 = `
local stream, presence, later = KEYS[1], KEYS[2], KEYS[3]
local group, me, room = ARGV[1], ARGV[2], tonumber(ARGV[4])
local hasGroup = false
if redis.call('EXISTS', stream) == 1 then
  for _, info in ipairs(redis.call('XINFO', 'GROUPS', stream)) do
    if info[2] == group then hasGroup = true end
  end
end
if not hasGroup then redis.call('XGROUP', 'CREATE', stream, group, '0', 'MKSTREAM') end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZADD', presence, ARGV[5] == 'draining' and -now or now, me)

local brought = {}
local function bring(id)
  local claimed = redis.call('XCLAIM', stream, group, me, 0, id)
  if not claimed[1] then return end
  local pending = redis.call('XPENDING', stream, group, id, id, 1)
  brought[#brought + 1] = { id, claimed[1][2], pending[1][4] }
end

if room > 0 then
  for _, id in ipairs(redis.call('ZRANGEBYSCORE', later, '-inf', now, 'LIMIT', 0, room)) do
    redis.call('ZREM', later, id)
    bring(id)
  end
end

local alive = {}
for _, name in ipairs(redis.call('ZRANGEBYSCORE', presence, now - ARGV[3], '+inf')) do alive[name] = true end
for _, name in ipairs(redis.call('ZRANGEBYSCORE', presence, '-inf', ARGV[3] - now)) do alive[name] = true end
for _, info in ipairs(redis.call('XINFO', 'CONSUMERS', stream, group)) do
  local name, pending = info[2], info[4]
  if not alive[name] then
    if pending == 0 then
      redis.call('XGROUP', 'DELCONSUMER', stream, group, name)
      redis.call('ZREM', presence, name)
    elseif #brought < room then
      local reach = room + redis.call('ZCARD', later)
      for _, item in ipairs(redis.call('XPENDING', stream, group, '-', '+', reach, name)) do
        if #brought < room and not redis.call('ZSCORE', later, item[1]) then bring(item[1]) end
      end
    end
  end
end

local keep = tonumber(ARGV[6])
if keep >= 0 then
  local oldest = now - keep
  local edge = oldest .. '-0'
  for _, info in ipairs(redis.call('XINFO', 'GROUPS', stream)) do
    local last = info[8]
    local first = redis.call('XPENDING', stream, info[2])[2]
    if first then last = first end
    local ms = tonumber(string.match(last, '^(%d+)'))
    if ms < oldest then oldest = ms; edge = last end
  end
  redis.call('XTRIM', stream, 'MINID', edge)
end
return brought
`;
