#!lua flags=allow-oom
-- Marks runs as watched, so that the scripts publish their events; the mark lapses unless it is renewed.
-- KEYS: each: run
-- ARGV: for (ms)
-- Reply: for each run the seq of its newest event, or -1 where there is no such run
--@include clock
local lasts = tonumber(ARGV[1])

local reply = {}
for i, run in ipairs(KEYS) do
  local seq = redis.call('HGET', run, 'seq')
  if seq then redis.call('HSET', run, 'watched', text[now + lasts]) end
  reply[i] = tonumber(seq) or -1
end
return reply
