#!lua flags=allow-oom
-- Says which schedules are to tick now, the one that has waited longest first; it changes nothing.
-- KEYS: ticks
-- ARGV: count (schedules)
-- Reply: now (ms), in how many ms the first of those tick that are not told of (-1: none), then the names
--@include clock
local ticks = KEYS[1]
local count = ARGV[1]

local reply = { now, -1 }
for i, name in ipairs(redis.call('ZRANGEBYSCORE', ticks, '-inf', text[now], 'LIMIT', 0, count)) do reply[i + 2] = name end
local later = redis.call('ZRANGEBYSCORE', ticks, '(' .. text[now], '+inf', 'WITHSCORES', 'LIMIT', 0, 1)[2]
if later then reply[2] = tonumber(later) - now end
return reply
