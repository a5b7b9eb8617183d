#!lua flags=allow-oom
-- Counts what a partition's workers have to do now and soon, all at one moment; changes nothing.
-- KEYS: due; each: stream
-- ARGV: run prefix, within (ms), most (runs whose queue is looked up, the earliest first)
-- Reply: how many runs are due within that time, of how many of them the queue was looked up, [queue, how many are its, …],
--   [for each stream: how many runs wait, how many are in flight, …]
--@include clock
local due = KEYS[1]
local run_prefix, within, most = ARGV[1], tonumber(ARGV[2]), ARGV[3]

-- A run moves between `due` and its line within one call of a script, so that counted here it is never missed in both.
local until_then = text[now + within]
local ids = redis.call('ZRANGEBYSCORE', due, '-inf', until_then, 'LIMIT', 0, most)
local by_queue = {}
for _, id in ipairs(ids) do
  -- A record that cannot be read must not hide all others.
  local head = redis.pcall('HGET', run_prefix .. id, 'head')
  local queue = type(head) == 'string' and string.match(head, '^%S+ (%S+)')
  if queue then by_queue[queue] = (by_queue[queue] or 0) + 1 end
end
local queues = {}
for queue, count in pairs(by_queue) do
  queues[#queues + 1] = queue
  queues[#queues + 1] = count
end

local lines = {}
for i = 2, #KEYS do
  local length = redis.call('XLEN', KEYS[i])
  -- Without its group, which a Redis that lost a part of its data may lack, a line is all waiting. Its lag is not asked for: Redis
  -- does not know it once an entry was deleted, and says nothing then, which must not be read as nothing.
  local held = redis.pcall('XPENDING', KEYS[i], 'fleet')
  local running = held.err and 0 or held[1]
  lines[#lines + 1] = math.max(length - running, 0)
  lines[#lines + 1] = running
end
return { redis.call('ZCOUNT', due, '-inf', until_then), #ids, queues, lines }
