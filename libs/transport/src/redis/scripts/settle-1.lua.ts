import { whenFull } from './when-full.lua.js';

/**
 * Acknowledges requests that have idempotency keys, replies to all who wait, and keeps the replies.
 *
 * KEYS 1 stream of requests, 2 kept records by the time when they end, 3… record of each request
 * ARGV 1 group, 2 records kept at most, 3 what every inbox begins with, then for each request
 *      its entry id, correlation id, inbox, fingerprint, ms to keep the reply, the reply as kind and
 *      body ('' when no handler saw it: who waits for it is to ask again), and what is kept of it as
 *      kind and body ('A' when nothing is: the next one runs again)
 * Answers how many entries were acknowledged, then the channels that could not be published on.
 *
 * Repeating it is harmless. The first reply is kept, except that none and UNKNOWN_OUTCOME give way to
 * the one of a replica that was only held for dead.
 */
export const settle1 = `${whenFull}
local stream, kept, group, inboxes = KEYS[1], KEYS[2], ARGV[1], ARGV[3]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local answer, unknown = { 0 }, 'T{"code":"UNKNOWN_OUTCOME"'

local function tell(inbox, id, reply)
  if string.sub(inbox, 1, #inboxes) ~= inboxes then return end
  local frame = id .. ' ' .. string.sub(reply, 1, 1) .. '\\n' .. string.sub(reply, 2) .. '\\n'
  local sent = redis.pcall('PUBLISH', inbox, frame)
  if type(sent) == 'table' and sent.err then answer[#answer + 1] = inbox end
end

local function settle(record, entry, id, inbox, print, keepMs, reply, keep)
  answer[1] = answer[1] + redis.call('XACK', stream, group, entry)
  local isFirst = redis.call('XDEL', stream, entry) == 1
  if reply ~= '' then tell(inbox, id, reply) end
  local fields, known = redis.call('HGETALL', record), {}
  for i = 1, #fields, 2 do known[fields[i]] = fields[i + 1] end
  if known.f and known.f ~= print then return end
  if known.r and known.r ~= 'A' and string.sub(known.r, 1, #unknown) ~= unknown then return end
  if keep == 'A' and (known.r or known.o ~= id or not isFirst) then return end
  for name, waiting in pairs(known) do
    if string.sub(name, 1, 2) == 'w:' then
      tell(waiting, string.sub(name, 3), reply == '' and 'A' or reply)
    end
  end
  redis.call('DEL', record)
  redis.call('HSET', record, 'f', print, 'o', id, 'r', keep)
  redis.call('PEXPIRE', record, keepMs)
  redis.call('ZADD', kept, now + keepMs, record)
end

for i = 3, #KEYS do
  local at = 4 + (i - 3) * 7
  settle(KEYS[i], unpack(ARGV, at, at + 6))
end
redis.call('PEXPIRE', kept, 86400000)
redis.call('ZREMRANGEBYSCORE', kept, '-inf', now)
local over = redis.call('ZCARD', kept) - ARGV[2]
if over > 0 then
  for _, record in ipairs(redis.call('ZRANGE', kept, 0, over - 1)) do
    -- One that began again has no reply yet: it is not forgotten before it ends.
    if redis.call('HEXISTS', record, 'r') == 1 then redis.call('DEL', record) end
    redis.call('ZREM', kept, record)
  end
end
return answer
`;
