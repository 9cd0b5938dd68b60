/**
 * Lua that a script begins with: `remember(stream, group, state)` notes how far a group is, so that
 * it can be made again as it was when it alone is lost. `last` is the last entry handed out, `open`
 * the entries up to it that are unfinished, each with its number of runs.
 *
 * With more unfinished entries than the limit, `last` is the last of those noted: what lies beyond
 * would be read again.
 */
export const rememberLua = `
local openMax = 500
local function remember(stream, group, state)
  for _, info in ipairs(redis.call('XINFO', 'GROUPS', stream)) do
    if info[2] == group then
      local last, open = info[8], {}
      if info[6] > 0 then
        local rows = redis.call('XPENDING', stream, group, '-', '+', openMax)
        for _, row in ipairs(rows) do
          open[#open + 1] = row[1]
          open[#open + 1] = row[4]
        end
        if #rows == openMax then last = rows[openMax][1] end
      end
      local text = table.concat(open, ' ')
      local known = redis.call('HMGET', state, 'last', 'open')
      if known[1] ~= last or known[2] ~= text then
        redis.call('HSET', state, 'last', last, 'open', text)
      end
    end
  end
end
`;

/** The member that holds what nobody has begun: it never lives, so its entries are free to take. */
export const nobodyLua = `local nobody = '(nobody)'\n`;

/** Lua for the time of the server in milliseconds. */
export const nowLua = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
`;
