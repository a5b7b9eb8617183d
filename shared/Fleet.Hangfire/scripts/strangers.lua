#!lua
-- Finds what a dashboard put into queues that is no run of Fleet's: jobs that Trigger now made of a schedule; changes nothing.
-- KEYS: queues
-- ARGV: prefix
-- Reply: for each its id, the queue, its state, the schedule it is of as JSON, and when it was created (each '' for none)
local queues = KEYS[1]
local prefix = ARGV[1]
local RUN_LENGTH = 26

local reply = {}
for _, queue in ipairs(redis.call('SMEMBERS', queues)) do
  for _, id in ipairs(redis.call('LRANGE', prefix .. 'queue:' .. queue, 0, -1)) do
    if #id ~= RUN_LENGTH then
      local job = redis.call('HMGET', prefix .. 'job:' .. id, 'State', 'RecurringJobId', 'CreatedAt')
      reply[#reply + 1] = id
      reply[#reply + 1] = queue
      for i = 1, 3 do reply[#reply + 1] = job[i] or '' end
    end
  end
end
return reply
