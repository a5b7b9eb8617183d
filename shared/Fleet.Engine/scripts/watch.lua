#!lua flags=allow-oom
-- Marks runs as watched, so that the scripts publish their events; the mark lapses unless it is renewed.
-- KEYS: each: run
-- ARGV: for (ms)
-- Reply: for each run the seq of its newest event, or -1 where there is no such run
--@include clock
--@include record
local lasts = tonumber(ARGV[1])

local reply = {}
for i, run in ipairs(KEYS) do
  local _, seq = standing(redis.call('HGET', run, 'state'))
  if seq then redis.call('HSET', run, 'watched', text[now + lasts]) end
  reply[i] = seq or -1
end
return reply
