#!lua flags=allow-oom
-- Notes that a worker lives, also in a Redis that is full, which needs its workers most.
-- KEYS: workers, seen
-- ARGV: worker, facts (the worker as JSON)
-- Reply: 1 it was not known, or not any more; 0 it was
--@include clock
local workers, seen = KEYS[1], KEYS[2]
local worker, facts = ARGV[1], ARGV[2]

redis.call('ZADD', seen, text[now], worker)
return redis.call('HSET', workers, worker, facts)
