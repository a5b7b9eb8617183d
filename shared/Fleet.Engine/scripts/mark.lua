#!lua flags=allow-oom
-- Notes a name, also in a Redis that is full: a pause or a drain may be what helps it.
-- KEYS: names
-- ARGV: name
-- Reply: 1 it was not noted before, 0 it was
local names = KEYS[1]
local name = ARGV[1]

return redis.call('SADD', names, name)
