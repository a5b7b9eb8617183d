#!lua flags=allow-oom
-- Gives the sweep's lock to the process that has it already or is the first to ask; it lapses by itself.
-- KEYS: lock
-- ARGV: holder, time (ms)
-- Reply: 1 the caller holds it, 0 another process does
local lock = KEYS[1]
local holder, time = ARGV[1], ARGV[2]

if redis.call('GET', lock) == holder then return redis.call('PEXPIRE', lock, time) end
return redis.call('SET', lock, holder, 'NX', 'PX', time) and 1 or 0
