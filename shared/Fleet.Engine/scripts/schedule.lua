#!lua
-- Stores a schedule, or what changed of it, and moves its next tick at once, unless it was changed or ticked meanwhile.
-- KEYS: schedule, schedules, ticks, sweep
-- ARGV: name, version (as the caller read it; '' where there was none), tick (the next one as the caller read it; '' for none),
--   paused (1 or 0), next (the next tick, ms since 1970; '' for none); each: field, value
-- Reply: 1 stored, 0 it is not as the caller read it
local schedule, schedules, ticks, sweep = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local name, version, tick, paused, next = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]

local was = redis.call('HMGET', schedule, 'version', 'next')
if (was[1] or '') ~= version or (was[2] or '') ~= tick then return 0 end

redis.call('HSET', schedule, 'version', (tonumber(version) or 0) + 1, 'paused', paused, 'next', next)
for i = 6, #ARGV, 2 do redis.call('HSET', schedule, ARGV[i], ARGV[i + 1]) end
redis.call('SADD', schedules, name)

local before = redis.call('ZRANGE', ticks, 0, 0, 'WITHSCORES')[2]
if paused == '1' or next == '' then redis.call('ZREM', ticks, name) else redis.call('ZADD', ticks, next, name) end
-- The sweep sleeps until the first tick; it must know when that is sooner than it thought.
local first = redis.call('ZRANGE', ticks, 0, 0, 'WITHSCORES')[2]
if first and first ~= before then redis.call('SPUBLISH', sweep, first) end
return 1
