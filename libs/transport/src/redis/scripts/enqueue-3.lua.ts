/**
 * Adds requests to a service's queue, if a replica is alive and there is room.
 *
 * KEYS 1 stream of requests, 2 presence, 3 sent batches of this producer
 * ARGV 1 number of the batch, 2 ms after which a replica is dead, 3 entries the queue may hold,
 *      4… header and body of each entry
 * Answers how many were added, from the first on; -1 when no replica is alive.
 */
export const enqueue3 = `
local slot = tostring(ARGV[1] % 128)
local sent = redis.call('HGET', KEYS[3], slot)
if sent then
  local number, answer = string.match(sent, '^(%d+) (%d+)$')
  if number == ARGV[1] then
    redis.call('PEXPIRE', KEYS[3], 600000)
    return tonumber(answer)
  end
end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
if redis.call('ZCOUNT', KEYS[2], now - ARGV[2], '+inf') == 0 then return -1 end
local room = ARGV[3] - redis.call('XLEN', KEYS[1])
local added = 0
for i = 4, #ARGV, 2 do
  if added >= room then break end
  redis.call('XADD', KEYS[1], '*', 'h', ARGV[i], 'd', ARGV[i + 1])
  added = added + 1
end
redis.call('HSET', KEYS[3], slot, ARGV[1] .. ' ' .. added)
redis.call('PEXPIRE', KEYS[3], 600000)
return added
`;
