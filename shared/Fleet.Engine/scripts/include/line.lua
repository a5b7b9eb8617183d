-- A run's place in its queue. An entry carries all that a worker needs to start the run, so taking one reads nothing
-- else; an input too long to be kept twice stays in the record, and an empty field tells the worker to fetch it.
local INLINE = 1024
local PRIORITIES = { [0] = 'critical', 'high', 'normal', 'low' }

local function stream_of(queue_prefix, queue, priority)
  return queue_prefix .. queue .. ':' .. PRIORITIES[tonumber(priority)]
end

-- An entry is run = "id job attempt max", input and, where there are some, options: few strings, because each is copied into
-- Lua and out again when the run is taken. Where earlier lives of the run have spent attempts, their number follows `max`.
local function enter(stream, id, job, attempt, max, input, options, spent)
  if #input > INLINE then input = '' end
  local run = id .. ' ' .. job .. ' ' .. attempt .. ' ' .. max
  if spent then run = run .. ' ' .. spent end
  if options == '' then return redis.call('XADD', stream, '*', 'run', run, 'input', input) end
  return redis.call('XADD', stream, '*', 'run', run, 'input', input, 'options', options)
end

-- The same from the record, for a run that comes back.
local function reenter(run, stream, id, attempt)
  local r = redis.call('HMGET', run, 'job', 'max', 'input', 'options', 'spent')
  return enter(stream, id, r[1], attempt, r[2], r[3], r[4] or '', r[5])
end

-- The consumer that holds an entry and for how long it has not been heard of, in ms; nil when nobody holds it.
local function in_flight(stream, entry)
  local held = redis.pcall('XPENDING', stream, 'fleet', entry, entry, 1)
  if held.err or #held == 0 then return nil end
  return { consumer = held[1][2], idle = held[1][3] }
end
