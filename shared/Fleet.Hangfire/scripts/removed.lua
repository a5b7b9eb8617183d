#!lua
-- Finds the shown schedules that a dashboard removed: Remove takes both the recurring job and its place in the listing; changes nothing.
-- KEYS: schedules
-- ARGV: prefix
-- Reply: for each its name and when it was created (ms since 1970)
local schedules = KEYS[1]
local prefix = ARGV[1]

local reply = {}
local shown = redis.call('HGETALL', schedules)
for i = 1, #shown, 2 do
  local name = shown[i]
  if redis.call('EXISTS', prefix .. 'recurring-job:' .. name) == 0 and not redis.call('ZSCORE', prefix .. 'recurring-jobs', name) then
    reply[#reply + 1] = name
    reply[#reply + 1] = shown[i + 1]
  end
end
return reply
