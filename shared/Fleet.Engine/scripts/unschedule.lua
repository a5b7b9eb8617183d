#!lua flags=allow-oom
-- Forgets a schedule, so that it never ticks again; the runs that it created stay.
-- KEYS: schedule, schedules, ticks
-- ARGV: name
-- Reply: 1 forgotten, 0 there is no such schedule
local schedule, schedules, ticks = KEYS[1], KEYS[2], KEYS[3]
local name = ARGV[1]

redis.call('SREM', schedules, name)
redis.call('ZREM', ticks, name)
return redis.call('UNLINK', schedule)
