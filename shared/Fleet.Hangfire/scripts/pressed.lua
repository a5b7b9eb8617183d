#!lua
-- Finds, a part at a time, the shown runs that a dashboard has changed since they were written, and those that are no longer there; changes nothing.
-- KEYS: runs
-- ARGV: prefix, cursor (0 to begin), count (runs, about)
-- Reply: the next cursor (0 at the end), then for each such run its id, its state's name ('' when it is gone), and how many states its
--   history has
local runs = KEYS[1]
local prefix, cursor, count = ARGV[1], ARGV[2], ARGV[3]

local found = redis.call('HSCAN', runs, cursor, 'COUNT', count)
local reply = { found[1] }
for i = 1, #found[2], 2 do
  local id = found[2][i]
  local job = prefix .. 'job:' .. id
  local mark = redis.call('HMGET', job .. ':state', 'State', 'Seq')
  local gone = not mark[1] or redis.call('EXISTS', job) == 0
  if gone or not mark[2] then
    reply[#reply + 1] = id
    reply[#reply + 1] = gone and '' or mark[1]
    reply[#reply + 1] = redis.call('LLEN', job .. ':history')
  end
end
return reply
