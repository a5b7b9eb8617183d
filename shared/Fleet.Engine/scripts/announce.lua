#!lua flags=allow-oom
-- Notes that a worker lives, also in a Redis that is full, which needs its workers most.
-- KEYS: workers, seen
-- ARGV: worker, facts (the worker as JSON), at (ms since 1970)
-- Reply: 1 it was not known, or not any more; 0 it was
local workers, seen = KEYS[1], KEYS[2]
local worker, facts, at = ARGV[1], ARGV[2], ARGV[3]

redis.call('ZADD', seen, at, worker)
return redis.call('HSET', workers, worker, facts)
