/**
 * Adds requests that have idempotency keys, and tells of each that is known what became of it.
 *
 * KEYS 1 stream of requests, 2 presence, 3 sent batches of this producer, 4… record of each request
 * ARGV 1 number of the batch, 2 ms after which a replica is dead, 3 entries the queue may hold,
 *      4 callers that may wait for one run, 5 ms after which a run is forgotten,
 *      then for each request its header, body, correlation id, inbox, fingerprint, and what to do
 *      when nothing is known of it: 'add', 'refuse', or 'new': add, but not when the batch comes again
 * Answers for each: '+' it is queued or waits for the run of the same request, '!' the key was used
 * with another payload, '?' it may have been accepted before and is not added, 'N' no replica is
 * alive, 'O' there is no room, else kind and body of the reply that was kept.
 *
 * A record holds 'f' the fingerprint, 'o' the correlation id of the request that runs, 'r' the reply
 * once there is one ('A' when none is to be kept, so that the next request runs), and
 * 'w:<correlation id>' the inbox of each caller that waits for it.
 */
export const ask1 = `
local stream, sent = KEYS[1], KEYS[3]
local slot = tostring(ARGV[1] % 128)
local earlier = redis.call('HGET', sent, slot)
local number, codes = string.match(earlier or '', '^(%d+) (.+)$')
if number ~= ARGV[1] then codes = nil end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local isServed = redis.call('ZCOUNT', KEYS[2], now - ARGV[2], '+inf') > 0
local room = ARGV[3] - redis.call('XLEN', stream)

local function ask(record, header, body, id, inbox, print, unknown, before)
  if before == 'N' or before == 'O' then return before end
  local known = redis.call('HMGET', record, 'f', 'o', 'r')
  local isFree = known[3] == 'A'
  if known[1] and not isFree then
    if known[1] ~= print then return '!' end
    if known[3] then return known[3] end
    if known[2] == id then return '+' end
    if redis.call('HLEN', record) - 2 >= tonumber(ARGV[4]) then return 'O' end
    redis.call('HSET', record, 'w:' .. id, inbox)
    return '+'
  end
  local mayHaveRun = unknown == 'refuse' or (before and unknown == 'new')
  if mayHaveRun and not isFree then return '?' end
  if not isServed then return 'N' end
  if room <= 0 then return 'O' end
  room = room - 1
  redis.call('XADD', stream, '*', 'h', header, 'd', body)
  redis.call('DEL', record)
  redis.call('HSET', record, 'f', print, 'o', id)
  redis.call('PEXPIRE', record, ARGV[5])
  return '+'
end

local answers, said = {}, {}
for i = 1, #KEYS - 3 do
  local at = 6 * i
  local before = codes and string.sub(codes, i, i)
  local header, body, id, inbox, print, unknown = unpack(ARGV, at, at + 5)
  local answer = ask(KEYS[i + 3], header, body, id, inbox, print, unknown, before)
  answers[i] = answer
  said[i] = (answer == 'N' or answer == 'O') and answer or '+'
end
redis.call('HSET', sent, slot, ARGV[1] .. ' ' .. table.concat(said))
redis.call('PEXPIRE', sent, 600000)
return answers
`;
