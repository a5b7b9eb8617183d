-- A run's place in its queue. An entry carries all that a worker needs to start the run, so taking one reads nothing
-- else; an input too long to be kept twice stays in the record, and an empty one tells the worker to fetch it.
local INLINE = 1024
local PRIORITIES = { [0] = 'critical', 'high', 'normal', 'low' }

-- The runs of a batch mostly have the same head, so each is taken apart once a call.
local streams = {}

local function stream_of(queue_prefix, head)
  local stream = streams[head]
  if not stream then
    local queue, priority = string.match(head, '^%S+ (%S+) (%d)')
    stream = queue_prefix .. queue .. ':' .. PRIORITIES[tonumber(priority)]
    streams[head] = stream
  end
  return stream
end

-- An entry is one string, because each is copied into Lua and out again when the run is taken: "id attempt head", the options and
-- the input, each on a line of its own; neither JSON nor a name has a line break in it.
local function enter(stream, id, attempt, head, options, input)
  if #input > INLINE then input = '' end
  return redis.call('XADD', stream, '*', 'run', id .. ' ' .. attempt .. ' ' .. head .. '\n' .. (options or '') .. '\n' .. input)
end

-- The same from the record, for a run that comes back.
local function reenter(run, stream, id, attempt)
  local r = redis.call('HMGET', run, 'head', 'options', 'input')
  return enter(stream, id, attempt, r[1], r[2], r[3])
end

-- The consumer that holds an entry and for how long it has not been heard of, in ms; nil when nobody holds it.
local function in_flight(stream, entry)
  local held = redis.pcall('XPENDING', stream, 'fleet', entry, entry, 1)
  if held.err or #held == 0 then return nil end
  return { consumer = held[1][2], idle = held[1][3] }
end
