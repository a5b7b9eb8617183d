#!lua flags=allow-oom
-- Forgets a retention stream once it is empty; the next run that it is to hold makes it anew.
-- KEYS: retained, kept
-- ARGV: none
-- Reply: 1 forgotten, 0 it holds runs
local retained, kept = KEYS[1], KEYS[2]

if redis.call('XLEN', kept) > 0 then return 0 end
redis.call('UNLINK', kept)
redis.call('SREM', retained, kept)
return 1
