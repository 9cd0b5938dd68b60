/**
 * Calls an event off that waits for its time.
 *
 * KEYS 1 ids by the time when they are due, 2 what waits under each id, 3 sent batches of this producer
 * ARGV 1 number of the batch, 2 id
 * Answers 1 when it waited, else 0; the same when the batch comes again.
 */
export const unschedule1 = `
local slot = tostring(ARGV[1] % 128)
local number, answer = string.match(redis.call('HGET', KEYS[3], slot) or '', '^(%d+) (%d+)$')
if number ~= ARGV[1] then
  answer = redis.call('ZREM', KEYS[1], ARGV[2])
  redis.call('HDEL', KEYS[2], ARGV[2])
  redis.call('HSET', KEYS[3], slot, ARGV[1] .. ' ' .. answer)
end
redis.call('PEXPIRE', KEYS[3], 600000)
return tonumber(answer)
`;
