-- Runs that wait for their time, gathered with postpone() and written with save_due().
local later = {}

local function postpone(id, at)
  later[#later + 1] = text[at]
  later[#later + 1] = id
end

local function save_due(due, sweep)
  if #later == 0 then return end
  local before = redis.call('ZRANGE', due, 0, 0, 'WITHSCORES')[2]
  redis.call('ZADD', due, unpack(later))
  -- The sweep sleeps until the first is due; it must know when that is sooner than it thought.
  local first = redis.call('ZRANGE', due, 0, 0, 'WITHSCORES')[2]
  if first ~= before then redis.call('SPUBLISH', sweep, first) end
end
