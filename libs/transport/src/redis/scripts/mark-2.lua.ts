import { whenFull } from './when-full.lua.js';

/**
 * Notes that some handlers of an event are done, so that another run leaves them out.
 *
 * KEYS 1 stream, 2 handlers that are done
 * ARGV 1 group, 2… id and name of the handler, in pairs
 * Answers how many it noted: an entry that is finished needs no mark.
 *
 * The hash holds the names for each id, one a line, until the entry is finished; 7 days without a
 * mark forget what a trimmed entry left.
 */
export const mark2 = `${whenFull}
local noted = 0
for i = 2, #ARGV, 2 do
  local id, name = ARGV[i], ARGV[i + 1]
  if redis.call('XPENDING', KEYS[1], ARGV[1], id, id, 1)[1] then
    local done = redis.call('HGET', KEYS[2], id)
    if not done or not string.find('\\n' .. done .. '\\n', '\\n' .. name .. '\\n', 1, true) then
      redis.call('HSET', KEYS[2], id, done and done .. '\\n' .. name or name)
      noted = noted + 1
    end
  end
end
if noted > 0 then redis.call('PEXPIRE', KEYS[2], 604800000) end
return noted
`;
