/**
 * Adds events to the stream of a topic.
 *
 * KEYS 1 stream of the topic, 2 sent batches of this producer
 * ARGV 1 number of the batch, 2 entries kept while no group exists at all,
 *      3… header and body of each entry
 * Answers how many were added; 0 when the batch was there already.
 */
export const emit3 = `
local slot = tostring(ARGV[1] % 128)
if redis.call('HGET', KEYS[2], slot) == ARGV[1] then
  redis.call('PEXPIRE', KEYS[2], 600000)
  return 0
end
for i = 3, #ARGV, 2 do
  redis.call('XADD', KEYS[1], '*', 'h', ARGV[i], 'd', ARGV[i + 1])
end
redis.call('HSET', KEYS[2], slot, ARGV[1])
redis.call('PEXPIRE', KEYS[2], 600000)
if redis.call('XLEN', KEYS[1]) > tonumber(ARGV[2])
  and #redis.call('XINFO', 'GROUPS', KEYS[1]) == 0 then
  redis.call('XTRIM', KEYS[1], 'MAXLEN', '~', ARGV[2])
end
return (#ARGV - 2) / 2
`;
