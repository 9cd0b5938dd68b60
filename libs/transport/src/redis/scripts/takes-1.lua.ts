import { nowLua } from './remember.lua.js';

/**
 * Tells whether all who live of a service read payloads that lie apart.
 *
 * KEYS 1 presence
 * ARGV 1 ms after which a replica is dead
 * Answers 1 or 0; 0 where nobody lives, or it may not be asked.
 */
export const takes1 = `${nowLua}
local dead, isAny = tonumber(ARGV[1]), false
for _, range in ipairs({ { now - dead, '+inf' }, { '-inf', dead - now } }) do
  local names = redis.pcall('ZRANGEBYSCORE', KEYS[1], range[1], range[2])
  if names.err then return 0 end
  for _, name in ipairs(names) do
    if string.sub(name, -4) ~= '~3~2' then return 0 end
    isAny = true
  end
end
return isAny and 1 or 0
`;
