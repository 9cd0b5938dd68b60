/**
 * Puts dead letters back where they failed: into the stream, for their group alone. Each letter is
 * in one place at any time, so repeating this does nothing twice.
 *
 * KEYS 1 dead letters, 2 stream, 3 hash of the last entry of each slot
 * ARGV 1… ids of dead letters
 * Answers 'moved', 'gone' (not there, or moved before) or 'no-group' (it would be lost) for each.
 *
 * A letter of a slot goes behind the last entry there: its order is lost, and it still runs beside no
 * other of its slot.
 */
export const redrive3 = `
local groups = {}
if redis.call('EXISTS', KEYS[2]) == 1 then
  for _, info in ipairs(redis.call('XINFO', 'GROUPS', KEYS[2])) do groups[info[2]] = true end
end
local answers = {}
for i, id in ipairs(ARGV) do
  local letter = redis.call('XRANGE', KEYS[1], id, id)[1]
  answers[i] = 'gone'
  if letter then
    local value = {}
    for f = 1, #letter[2], 2 do value[letter[2][f]] = letter[2][f + 1] end
    if not groups[value.group] then
      answers[i] = 'no-group'
    else
      local fields = { 'h', value.h, 'd', value.d, 'g', value.group, 'x', value.done or '',
        'i', value.i or value.id }
      local slot = value.o and string.match(value.o, '^%d+')
      if slot then
        local prior = redis.call('HGET', KEYS[3], slot)
        fields[#fields + 1] = 'o'
        fields[#fields + 1] = prior and slot .. ' ' .. prior or slot
      end
      local added = redis.call('XADD', KEYS[2], '*', unpack(fields))
      if slot then redis.call('HSET', KEYS[3], slot, added) end
      redis.call('XDEL', KEYS[1], id)
      answers[i] = 'moved'
    end
  end
end
return answers
`;
