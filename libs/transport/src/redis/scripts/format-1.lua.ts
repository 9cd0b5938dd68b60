import { formatsLua } from './formats.lua.js';

/**
 * Tells in which format events may be written: in what all groups of the topic read.
 *
 * KEYS 1 stream of the topic
 * Answers 1 or 2; 1 where there is no group, or it may not be asked.
 */
export const format1 = `${formatsLua}
local groups = redis.pcall('XINFO', 'GROUPS', KEYS[1])
if groups.err or #groups == 0 then return 1 end
for _, group in ipairs(groups) do
  local consumers = redis.pcall('XINFO', 'CONSUMERS', KEYS[1], group[2])
  if consumers.err then return 1 end
  local does = false
  for _, info in ipairs(consumers) do
    if info[2] == reads2 then does = true end
  end
  if not does then return 1 end
end
return 2
`;
