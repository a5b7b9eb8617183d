-- When a final run became so, in ms: the time of its newest event.
local function ended_at(run, seq)
  return tonumber(string.match(redis.call('HGET', run, seq), '^%a+ (%d+)'))
end
