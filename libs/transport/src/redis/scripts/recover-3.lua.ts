/**
 * Looks up what a member holds: a connection that broke may have been given entries nobody saw.
 * To be called only while no read of this member is under way.
 *
 * KEYS 1 stream, 2 entries that wait for their next run, 3 handlers that are done
 * ARGV 1 group, 2 consumer, 3 entries to look at
 * Answers a list of { id, fields, attempt, handlers that are done }; entries that wait for their
 * next run are left out.
 */
export const recover3 = `
local found = {}
for _, item in ipairs(redis.call('XPENDING', KEYS[1], ARGV[1], '-', '+', ARGV[3], ARGV[2])) do
  if not redis.call('ZSCORE', KEYS[2], item[1]) then
    local entry = redis.call('XRANGE', KEYS[1], item[1], item[1])
    local done = redis.call('HGET', KEYS[3], item[1]) or ''
    if entry[1] then found[#found + 1] = { item[1], entry[1][2], item[4], done } end
  end
end
return found
`;
