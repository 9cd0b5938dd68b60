import { nowLua } from './remember.lua.js';

/**
 * Adds the events to their topic whose time has come: whoever of the members comes first does it for
 * all groups.
 *
 * KEYS 1 stream of the topic, 2 ids by the time when they are due, 3 what waits under each id,
 *      4 entries of the group that wait for their next run
 * ARGV 1 entries to add at most
 * Answers in how many ms the next event is due, and in how many the next entry of the group; -1 where
 * there is none, 0 where some is due already.
 *
 * A clock that went back keeps what is not due by it.
 */
export const due1 = `${nowLua}
local stream, due, waiting, later = unpack(KEYS)
for _, id in ipairs(redis.call('ZRANGEBYSCORE', due, '-inf', now, 'LIMIT', 0, ARGV[1])) do
  local entry = redis.call('HGET', waiting, id)
  if entry then
    local cut = string.find(entry, '\\n', 1, true)
    redis.call('XADD', stream, '*', 'h', string.sub(entry, 1, cut - 1), 'd', string.sub(entry, cut + 1))
    redis.call('HDEL', waiting, id)
  end
  redis.call('ZREM', due, id)
end
local function next_of(key)
  local at = redis.call('ZRANGE', key, 0, 0, 'WITHSCORES')[2]
  return at and math.max(0, at - now) or -1
end
return { next_of(due), next_of(later) }
`;
