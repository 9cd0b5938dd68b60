import { orderLua } from './order.lua.js';

/**
 * Brings entries that still wait though the one before them has ended: a member of a release that
 * knows no order ended it, or it was taken out of the stream. It looks at a hundred of those that
 * wait, and goes on from there with the next call, whoever makes it.
 *
 * KEYS 1 stream, 2 hash of what waits for which entry, 3 state of the group, 4 handlers that are done
 * ARGV 1 group, 2 consumer, 3 entries to bring at most
 * Answers a list of { id, fields, attempt, handlers that are done }.
 */
export const orderSweep1 = `${orderLua}
local stream, following, state, marks = unpack(KEYS)
local group, me, room = ARGV[1], ARGV[2], tonumber(ARGV[3])
local most, brought = 100, {}
local swept = redis.call('HGET', state, 'swept')
local from = swept and '(' .. swept or '-'
local rows = redis.call('XPENDING', stream, group, from, '+', most, waiting)
swept = false
for _, row in ipairs(rows) do
  if #brought >= room then break end
  local id = row[1]
  local entry = redis.call('XRANGE', stream, id, id)[1]
  local prior = entry and before(entry[2])
  if not entry then
    redis.call('XACK', stream, group, id)
  elseif not prior or not is_open(stream, group, prior) then
    redis.call('XCLAIM', stream, group, me, 0, id, 'RETRYCOUNT', 1, 'JUSTID')
    if prior then redis.call('HDEL', following, prior) end
    brought[#brought + 1] = { id, entry[2], 1, redis.call('HGET', marks, id) or '' }
  end
  swept = id
end
if swept and #rows == most then redis.call('HSET', state, 'swept', swept)
else redis.call('HDEL', state, 'swept') end
return brought
`;
