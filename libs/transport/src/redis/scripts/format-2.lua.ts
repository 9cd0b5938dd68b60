import { formatsLua } from './formats.lua.js';

/**
 * Tells how events may be written: as all groups of the topic read them.
 *
 * KEYS 1 stream of the topic
 * Answers 1, 2, or 3: format 2, and payloads may lie apart. 1 where there is no group, or it may not
 * be asked.
 */
export const format2 = `${formatsLua}
local groups = redis.pcall('XINFO', 'GROUPS', KEYS[1])
if groups.err or #groups == 0 then return 1 end
local most = 3
for _, group in ipairs(groups) do
  local consumers = redis.pcall('XINFO', 'CONSUMERS', KEYS[1], group[2])
  if consumers.err then return 1 end
  local does = 1
  for _, info in ipairs(consumers) do
    if info[2] == reads2 then does = math.max(does, 2) end
    if info[2] == reads3 then does = 3 end
  end
  most = math.min(most, does)
end
return most
`;
