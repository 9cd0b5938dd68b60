/**
 * Counts what is before a group.
 *
 * KEYS 1 stream, 2 dead letters, 3 events that wait for their time: of a topic
 * ARGV 1 group, 2 'requests' or 'events'
 * Answers how many entries nobody of the group has had, how many are handed out and not finished, the
 * time in ms when the oldest of all these was added (0: there is none), how many dead letters there
 * are, and how many events wait for their time.
 */
export const backlog2 = `
local stream, group = KEYS[1], ARGV[1]
local dead = redis.call('XLEN', KEYS[2])
local scheduled = KEYS[3] and redis.call('ZCARD', KEYS[3]) or 0
if redis.call('EXISTS', stream) == 0 then return { 0, 0, 0, dead, scheduled } end
local size = redis.call('XLEN', stream)
local last, pending, lag = '0-0', 0, size
for _, info in ipairs(redis.call('XINFO', 'GROUPS', stream)) do
  if info[2] == group then
    pending, last, lag = info[6], info[8], info[12]
  end
end
local nextOne = redis.call('XRANGE', stream, '(' .. last, '+', 'COUNT', 1)[1]
local waiting = lag
if ARGV[2] == 'requests' then waiting = math.max(0, size - pending)
elseif not nextOne then waiting = 0
elseif not lag then waiting = #redis.call('XRANGE', stream, '(' .. last, '+', 'COUNT', 10000) end
local oldest = nextOne and nextOne[1]
if pending > 0 then oldest = redis.call('XPENDING', stream, group)[2] or oldest end
local ms = oldest and tonumber(string.match(oldest, '^(%d+)')) or 0
return { waiting, pending, ms, dead, scheduled }
`;
