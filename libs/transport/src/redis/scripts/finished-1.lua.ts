/**
 * Tells until when a group has finished the events of a topic.
 *
 * KEYS 1 stream of the topic
 * ARGV 1 group
 * Answers milliseconds since 1970: of the first entry that somebody works on or nobody has had, now
 * where there is none; -1 when the group has never read the topic.
 */
export const finished1 = `
local stream, group = KEYS[1], ARGV[1]
local function time_of(id) return tonumber(string.match(id, '^(%d+)')) end
if redis.call('EXISTS', stream) == 0 then return -1 end
for _, info in ipairs(redis.call('XINFO', 'GROUPS', stream)) do
  if info[2] == group then
    local open = redis.call('XPENDING', stream, group)[2]
    if open then return time_of(open) end
    local unread = redis.call('XRANGE', stream, '(' .. info[8], '+', 'COUNT', 1)[1]
    if unread then return time_of(unread[1]) end
    local time = redis.call('TIME')
    return time[1] * 1000 + math.floor(time[2] / 1000)
  end
end
return -1
`;
