#!lua flags=allow-oom
-- Removes consumers that hold nothing and were not heard of for a while, as those of workers that have gone; one that comes back
-- is made anew by its next read, so removing it does no harm.
-- KEYS: each: stream
-- ARGV: silent (ms)
-- Reply: how many were removed
local silent = tonumber(ARGV[1])

local removed = 0
for _, stream in ipairs(KEYS) do
  local consumers = redis.pcall('XINFO', 'CONSUMERS', stream, 'fleet')
  if not consumers.err then
    for _, consumer in ipairs(consumers) do
      local info = {}
      for i = 1, #consumer, 2 do info[consumer[i]] = consumer[i + 1] end
      -- Removing a consumer drops what it holds.
      if info.pending == 0 and info.idle >= silent then
        redis.call('XGROUP', 'DELCONSUMER', stream, 'fleet', info.name)
        removed = removed + 1
      end
    end
  end
end
return removed
