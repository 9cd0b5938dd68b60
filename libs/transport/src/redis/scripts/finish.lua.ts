/**
 * Lua that ends entries: of those done and of failures, by the keys and arguments of `finish`. It
 * leaves the ids of all that ended in `ended`, the number acknowledged in `acknowledged`, and in `at`
 * where the rest of the arguments begins. `onField` may change a `value` that a dead letter takes along.
 */
export const finishLua = (onField = '') => `
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
  local held = redis.call('XPENDING', stream, group, id, id, 1, me)[1]
  -- A retry that is told again may have been handed out for its next run meanwhile.
  local isOver = kind == 'retry' and held and held[4] ~= tonumber(reason)
  if held and not isOver then
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
${onField}            fields[#fields + 1] = name
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
`;
