#!lua flags=allow-oom
-- Says how many clients of one replica watch runs, and tells all who watch a run when that changes how many they are; what a replica
-- said lapses unless it is said again.
-- KEYS: each: watchers, run
-- ARGV: replica, for (ms); each: count
-- Reply: for each run how many watch it, over all replicas
--@include clock
local replica, lasts = ARGV[1], tonumber(ARGV[2])

local reply = {}
for i = 1, #KEYS / 2 do
  local watchers, run, count = KEYS[2 * i - 1], KEYS[2 * i], tonumber(ARGV[2 + i])
  local shares = redis.call('HGETALL', watchers)
  local before, others = 0, 0
  for j = 1, #shares, 2 do
    local share, till = string.match(shares[j + 1], '^(%d+) (%d+)$')
    if tonumber(till) > now then
      before = before + share
      if shares[j] ~= replica then others = others + share end
    elseif shares[j] ~= replica then
      redis.call('HDEL', watchers, shares[j])
    end
  end
  if count > 0 then
    redis.call('HSET', watchers, replica, text[count] .. ' ' .. text[now + lasts])
    redis.call('PEXPIRE', watchers, lasts)
  elseif #shares > 0 then
    redis.call('HDEL', watchers, replica)
  end
  -- A run's channel has the name of its key.
  if others + count ~= before then redis.call('SPUBLISH', run, '{"watchers":' .. text[others + count] .. '}') end
  reply[i] = others + count
end
return reply
