/**
 * Adds events to the stream of a topic, some of which are to be handled in their order, or have
 * payloads that lie apart.
 *
 * KEYS 1 stream of the topic, 2 sent batches of this producer, 3 hash of the last entry of each slot,
 *      4 payloads that lie apart by the time of their events
 * ARGV 1 number of the batch, 2 entries kept while no group exists at all, 3 what the keys of payloads
 *      begin with, 4… header, body, slot ('': any order will do) and name of the payload ('': it is the
 *      body) of each entry
 * Answers how many were added; 0 when the batch was there already.
 *
 * An entry of a slot has a third field 'o': the slot, and the id of the entry before it there.
 */
export const emitFull1 = `
local stream, sent, last, bodies = unpack(KEYS)
local part = tostring(ARGV[1] % 128)
if redis.call('HGET', sent, part) == ARGV[1] then
  redis.call('PEXPIRE', sent, 600000)
  return 0
end
for i = 4, #ARGV, 4 do
  local header, body, slot, name = unpack(ARGV, i, i + 3)
  local fields = { 'h', header, 'd', body }
  if slot ~= '' then
    local prior = redis.call('HGET', last, slot)
    fields[5], fields[6] = 'o', prior and slot .. ' ' .. prior or slot
  end
  local id = redis.call('XADD', stream, '*', unpack(fields))
  if slot ~= '' then redis.call('HSET', last, slot, id) end
  if name ~= '' then
    -- It goes when its event is trimmed, and not before.
    redis.call('PERSIST', ARGV[3] .. name)
    redis.call('ZADD', bodies, string.match(id, '^%d+'), id .. ' ' .. name)
  end
end
redis.call('HSET', sent, part, ARGV[1])
redis.call('PEXPIRE', sent, 600000)
if redis.call('XLEN', stream) > tonumber(ARGV[2])
  and #redis.call('XINFO', 'GROUPS', stream) == 0 then
  redis.call('XTRIM', stream, 'MAXLEN', '~', ARGV[2])
end
return (#ARGV - 3) / 4
`;
