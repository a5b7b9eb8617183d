#!lua flags=allow-oom
-- Hands out up to `count` waiting runs, in the order of the streams; from now on the pending list holds them for the consumer.
-- With a patience, runs that have waited for longer come first, one of each stream, whatever is before them.
-- Nothing else is written: a run's start is recorded by whichever of start, append, finish, cancel and recover comes first.
-- KEYS: each: stream (in the order in which they are to be emptied)
-- ARGV: consumer, count (runs), patience (ms; 0 for none)
-- Reply: for each stream that gave any: [stream key, [entry, what line.lua wrote into it …]]
--@include clock
local consumer, wanted, patience = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local reply = {}

local function read(stream, count)
  return redis.pcall('XREADGROUP', 'GROUP', 'fleet', consumer, 'COUNT', count, 'STREAMS', stream, '>')
end

-- Hands out what was read. One flat list, because each table of a reply costs as much as several strings.
local function hand(got)
  local stream, entries = got[1][1], got[1][2]
  local flat = {}
  for i, entry in ipairs(entries) do
    flat[i * 2 - 1], flat[i * 2] = entry[1], entry[2][2]
  end
  reply[#reply + 1] = { stream, flat }
  wanted = wanted - #entries
end

-- When the oldest waiting entry of a stream was made, in ms; nil where none waits.
local function oldest_of(stream)
  local groups = redis.pcall('XINFO', 'GROUPS', stream)
  for _, group in ipairs(groups.err and {} or groups) do
    local facts = {}
    for i = 1, #group, 2 do facts[group[i]] = group[i + 1] end
    if facts.name == 'fleet' then
      local oldest = redis.call('XRANGE', stream, '(' .. facts['last-delivered-id'], '+', 'COUNT', 1)[1]
      return oldest and tonumber(string.match(oldest[1], '^%d+'))
    end
  end
end

if patience > 0 then
  for i = #KEYS, 1, -1 do
    local since = wanted > 0 and oldest_of(KEYS[i])
    if since and now - since > patience then hand(read(KEYS[i], 1)) end
  end
end

for i = 1, #KEYS do
  if wanted == 0 then break end
  local stream = KEYS[i]
  local got = read(stream, wanted)
  if got and got.err then
    -- The group is made where it is missing: a queue's first use, or a Redis that lost it.
    redis.call('XGROUP', 'CREATE', stream, 'fleet', '0', 'MKSTREAM')
    got = read(stream, wanted)
  end
  if got then hand(got) end
end
return reply
