import { nobodyLua } from './remember.lua.js';

/**
 * Gives entries back that a member was handed and has not begun: their next run is the one that this
 * would have been.
 *
 * KEYS 1 stream
 * ARGV 1 group, 2 consumer, 3 channel on which the others hear that there is work, 4… ids
 * Answers how many it gave back: what is no longer this member's stays where it is.
 */
export const handBack1 = `${nobodyLua}
local given = 0
for i = 4, #ARGV do
  local held = redis.call('XPENDING', KEYS[1], ARGV[1], ARGV[i], ARGV[i], 1, ARGV[2])[1]
  if held then
    redis.call('XCLAIM', KEYS[1], ARGV[1], nobody, 0, ARGV[i],
      'RETRYCOUNT', math.max(0, held[4] - 1), 'JUSTID')
    given = given + 1
  end
end
if given > 0 then redis.call('PUBLISH', ARGV[3], '') end
return given
`;
