/**
 * Acknowledges and replies in one step.
 *
 * KEYS 1 stream, 2 entries that wait for their next run, 3 dead letters, 4 handlers that are done,
 *      5 state of the group
 * ARGV 1 group, 2 consumer, 3 'delete' or 'keep' acknowledged entries, 4 number of ids done,
 *      then these ids, then the number of failures and for each its
 *      kind ('retry' or 'dead'), id, delay in ms or attempts, reason, stack,
 *      then channel and frame of each reply
 * Answers how many entries were acknowledged, then the channels that could not be published on.
 *
 * A reply that the server refuses is lost like one whose client is gone: the entries are done all the
 * same, so that nobody can keep a replica busy by asking for a reply where it may not go.
 * Of events, some that nobody needs are trimmed: as many as come to be finished, so that no trimming
 * takes long while a backlog is worked off.
 * Repeating it is harmless: an entry is acknowledged once, a failure counts only while this
 * consumer holds the entry, and a client drops a reply it has had.
 */
export const finish5 = `
local stream, later, dead, marks, state = unpack(KEYS)
local group, me, isDelete = ARGV[1], ARGV[2], ARGV[3] == 'delete'
local ended = {}
local at = 5
for _ = 1, ARGV[4] do
  ended[#ended + 1] = ARGV[at]
  at = at + 1
end

local failures = tonumber(ARGV[at])
at = at + 1
for _ = 1, failures do
  local kind, id, number, reason, stack = unpack(ARGV, at, at + 4)
  at = at + 5
  if redis.call('XPENDING', stream, group, id, id, 1, me)[1] then
    if kind == 'retry' then
      local time = redis.call('TIME')
      redis.call('ZADD', later, time[1] * 1000 + math.floor(time[2] / 1000) + number, id)
    else
      local entry = redis.call('XRANGE', stream, id, id)[1]
      if entry then
        local fields, done = {}, redis.call('HGET', marks, id)
        for f = 1, #entry[2], 2 do
          local name, value = entry[2][f], entry[2][f + 1]
          if name == 'x' then done = done and value .. '\\n' .. done or value
          elseif name ~= 'g' then
            fields[#fields + 1] = name
            fields[#fields + 1] = value
          end
        end
        for _, text in ipairs({ 'id', id, 'group', group, 'reason', reason, 'stack', stack,
          'attempts', number, 'done', done or '' }) do fields[#fields + 1] = text end
        redis.call('XADD', dead, 'MAXLEN', '~', 100000, '*', unpack(fields))
      end
      ended[#ended + 1] = id
    end
  end
end

-- So many at once as Lua's stack surely holds.
local acknowledged, most = 0, 1000
for from = 1, #ended, most do
  local to = math.min(from + most - 1, #ended)
  acknowledged = acknowledged + redis.call('XACK', stream, group, unpack(ended, from, to))
  if isDelete then redis.call('XDEL', stream, unpack(ended, from, to))
  else redis.call('HDEL', marks, unpack(ended, from, to)) end
end
if not isDelete then
  local edge = redis.call('HGET', state, 'edge')
  if edge then redis.call('XTRIM', stream, 'MINID', '~', edge, 'LIMIT', 2 * #ended + 100) end
end
local answer = { acknowledged }
for i = at, #ARGV, 2 do
  local sent = redis.pcall('PUBLISH', ARGV[i], ARGV[i + 1])
  if type(sent) == 'table' and sent.err then answer[#answer + 1] = ARGV[i] end
end
return answer
`;
