/**
 * Lua for events in order. An entry of a slot has a field `o`: the slot, and behind a space the id of
 * the entry before it there, if any. It may run once that one is not pending in the group: the group
 * takes entries as they lie in the stream, so what is before and not pending has ended.
 *
 * What may not run yet is pending with the member `(waiting)`, who never lives, and the hash
 * `following` says for which entry it waits. Slots are chains: no two wait for the same one.
 */
export const orderLua = `
local waiting = '(waiting)'
local function before(fields)
  for f = 1, #fields, 2 do
    if fields[f] == 'o' then return string.match(fields[f + 1], '^%d+ (%d+%-%d+)$') end
  end
end
local function is_open(stream, group, id)
  return redis.call('XPENDING', stream, group, id, id, 1)[1] ~= nil
end
`;
