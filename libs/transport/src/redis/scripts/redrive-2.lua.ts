/**
 * Puts dead letters back where they failed: into the stream, for their group alone. Each letter is
 * in one place at any time, so repeating this does nothing twice.
 *
 * KEYS 1 dead letters, 2 stream
 * ARGV 1… ids of dead letters
 * Answers 'moved', 'gone' (not there, or moved before) or 'no-group' (it would be lost) for each.
 */
export const redrive2 = `
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
      redis.call('XADD', KEYS[2], '*', 'h', value.h, 'd', value.d, 'g', value.group,
        'x', value.done or '', 'i', value.i or value.id)
      redis.call('XDEL', KEYS[1], id)
      answers[i] = 'moved'
    end
  end
end
return answers
`;
