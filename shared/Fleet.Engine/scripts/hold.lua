#!lua flags=allow-oom
-- Gives the sweep's lock to the process that has it already or is the first to ask; it lapses by itself.
-- KEYS: lock
-- ARGV: holder, time (ms)
-- Reply: 0 the caller holds it, otherwise for how long another process does, unless it asks again before that (ms)
local lock = KEYS[1]
local holder, time = ARGV[1], ARGV[2]

local held = redis.call('GET', lock)
local left = held and held ~= holder and redis.call('PTTL', lock) or 0
if left > 0 then return left end
redis.call('SET', lock, holder, 'PX', time)
return 0
