#!lua flags=allow-oom
-- Gives the sweep's lock to the process that has it already or is the first to ask; it lapses by itself.
-- KEYS: lock, sweep
-- ARGV: holder, time (ms)
-- Reply: 0 the caller holds it, otherwise for how long another process does, unless it asks again before that (ms);
--   how many processes listen on `sweep`
local lock, sweep = KEYS[1], KEYS[2]
local holder, time = ARGV[1], ARGV[2]

local held = redis.call('GET', lock)
local left = held and held ~= holder and redis.call('PTTL', lock) or 0
if left <= 0 then
  left = 0
  redis.call('SET', lock, holder, 'PX', time)
end
return { left, redis.call('PUBSUB', 'SHARDNUMSUB', sweep)[2] }
