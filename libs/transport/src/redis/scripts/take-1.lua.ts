/**
 * Reads requests of both lanes without waiting: the urgent ones first, but for what is kept for others.
 *
 * KEYS 1 stream of urgent requests, 2 stream of the others
 * ARGV 1 group, 2 consumer, 3 entries to read at most, 4 how many of these are for the others first
 * Answers three lists of entries: urgent ones, those that were kept for, and what there was room for.
 */
export const take1 = `
local room = tonumber(ARGV[3])
local function take(stream, most)
  if most <= 0 then return {} end
  local found = redis.call('XREADGROUP', 'GROUP', ARGV[1], ARGV[2], 'COUNT', most, 'STREAMS', stream, '>')
  local entries = found and found[1][2] or {}
  room = room - #entries
  return entries
end
local kept = take(KEYS[2], math.min(room, tonumber(ARGV[4])))
local urgent = take(KEYS[1], room)
return { urgent, kept, take(KEYS[2], room) }
`;
