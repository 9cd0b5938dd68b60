import { nowLua } from './remember.lua.js';

/**
 * Reads events without a group, and tells whether some are gone that were not read.
 *
 * KEYS 1 stream of the topic
 * ARGV 1 last id that was read; '' to begin behind the last there is, 2 how many had ever been added by
 *      then, 3 entries to read at most, 4 ms for which events are kept where no group reads the topic
 * Answers { last id, how many were ever added by then, 1 when some are gone, entries }.
 *
 * A server counts what it ever added, so what is missing between two looks is known to the entry: trimmed
 * meanwhile, or lost with the server's data.
 */
export const follow1 = `${nowLua}
local stream, last, added, most = KEYS[1], ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
if redis.call('EXISTS', stream) == 0 then return { '0-0', 0, added > 0 and 1 or 0, {} } end
local info = {}
local told = redis.call('XINFO', 'STREAM', stream)
for i = 1, #told, 2 do info[told[i]] = told[i + 1] end
local end_id, ever = info['last-generated-id'], info['entries-added']
if last == '' then return { end_id, ever, 0, {} } end

local function parts(id)
  local ms, sequence = string.match(id, '^(%d+)%-(%d+)$')
  return tonumber(ms), tonumber(sequence)
end
local end_ms, end_sequence = parts(end_id)
local ms, sequence = parts(last)
if end_ms < ms or (end_ms == ms and end_sequence < sequence) then
  return { end_id, ever, 1, {} }
end
local found = redis.call('XRANGE', stream, '(' .. last, '+', 'COUNT', most)
local isGone = 0
if #found > 0 then last = found[#found][1] end
if #found < most then
  if ever - added ~= #found then isGone = 1 end
  added = ever
else
  added = added + #found
end
if #redis.call('XINFO', 'GROUPS', stream) == 0 then
  redis.call('XTRIM', stream, 'MINID', '~', string.format('%.0f', now - ARGV[4]))
end
return { last, added, isGone, found }
`;
