#!lua flags=allow-oom
-- Hands out up to `count` waiting runs, critical ones first; from now on the pending list holds them for the consumer.
-- Nothing else is written: a run's start is recorded by whichever of start, append, finish, cancel and recover comes first.
-- KEYS: each: stream (in the order in which they are to be emptied)
-- ARGV: consumer, count (runs)
-- Reply: for each stream that gave any: [stream key, [[entry, [field, value …]] …]], as XREADGROUP has it
local consumer, wanted = ARGV[1], tonumber(ARGV[2])
local reply = {}

local function read(stream)
  return redis.pcall('XREADGROUP', 'GROUP', 'fleet', consumer, 'COUNT', wanted, 'STREAMS', stream, '>')
end

for i = 1, #KEYS do
  if wanted == 0 then break end
  local stream = KEYS[i]
  local got = read(stream)
  if got and got.err then
    -- The group is made where it is missing: a queue's first use, or a Redis that lost it.
    redis.call('XGROUP', 'CREATE', stream, 'fleet', '0', 'MKSTREAM')
    got = read(stream)
  end
  if got then
    reply[#reply + 1] = got[1]
    wanted = wanted - #got[1][2]
  end
end
return reply
