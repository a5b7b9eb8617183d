-- Runs that wait for their time, gathered with postpone() and written with save_due().
local later = {}

local function postpone(id, at)
  later[#later + 1] = text[at]
  later[#later + 1] = id
end

-- Adds times to a sorted set. The sweep sleeps until the first of them; it must know when that is sooner than it thought.
local function save_times(set, times, sweep)
  if #times == 0 then return end
  local before = redis.call('ZRANGE', set, 0, 0, 'WITHSCORES')[2]
  redis.call('ZADD', set, unpack(times))
  local first = redis.call('ZRANGE', set, 0, 0, 'WITHSCORES')[2]
  if first ~= before then redis.call('SPUBLISH', sweep, first) end
end

local function save_due(due, sweep)
  save_times(due, later, sweep)
end
