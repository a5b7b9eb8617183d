-- Accepts a batch of runs: each is stored whole, with its place in a queue or in `due`, or is found to be there already.
-- KEYS: active, due, events, feed, sweep; each: run, stream; after those of all runs the keys that
--   `unique` and `idempotency` point to
-- ARGV: stats prefix, feed limit (entries), idempotency window (ms), runs, check (1: a run that exists is left alone);
--   each: job, queue, priority (0-3), max (attempts), due (ms since 1970; below 0 a delay in ms; 0 now), input, options,
--   unique, idempotency;
--   where unique is '', or the index of its key in KEYS and active, queued or a number of ms, for how long a run counts,
--   and idempotency is '', or the index of its key in KEYS and the request's fingerprint
-- Reply: now (ms), then for each run '' when it was accepted, or the id of the run that it is the same as,
--   or 'conflict' when its idempotency key came with another request before
--@include clock
--@include record
--@include feed
--@include stats
--@include line
--@include due
--@include accept
local active, due, events, feed, sweep = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local stats_prefix, feed_limit, window, runs, check = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4]), ARGV[5] == '1'

local run_prefix = string.sub(KEYS[6], 1, -27)
local reply = { now }

local function split(pointer)
  local index, rest = string.match(pointer, '^(%d+) (.+)$')
  return KEYS[tonumber(index)], rest
end

-- The run that asked the same before, where there is one; 'conflict' where the key stands for something else.
local function repeated(idempotency)
  local key, fingerprint = split(idempotency)
  local held = redis.call('GET', key)
  if not held then return '' end
  if string.sub(held, 27) ~= fingerprint then return 'conflict' end
  local id = string.sub(held, 1, 26)
  return redis.call('EXISTS', run_prefix .. id) == 1 and id or ''
end

-- The run that still counts as this one, where there is one.
local function duplicate(unique)
  local key, scope = split(unique)
  local id = redis.call('GET', key)
  if not id then return '' end
  local state = redis.call('HGET', run_prefix .. id, 'state')
  if not state then return '' end
  local waits = state == 'scheduled' or state == 'queued'
  if scope == 'queued' and not waits then return '' end
  if scope == 'active' and not waits and state ~= 'running' then return '' end
  return id
end

for i = 0, runs - 1 do
  local k, a = 6 + i * 2, 6 + i * 9
  local run, stream, unique, idempotency = KEYS[k], KEYS[k + 1], ARGV[a + 7], ARGV[a + 8]
  local id = string.sub(run, -26)
  local same = ''
  if check and redis.call('EXISTS', run) == 1 then same = id end
  if same == '' and idempotency ~= '' then same = repeated(idempotency) end
  if same == '' and unique ~= '' then same = duplicate(unique) end
  if same == '' then
    if unique ~= '' then
      local key, scope = split(unique)
      redis.call('SET', key, id)
      -- Without a time of its own the key lives as long as the record, which names it.
      if tonumber(scope) then redis.call('PEXPIRE', key, scope) else set('unique', key) end
    end
    if idempotency ~= '' then
      local key, fingerprint = split(idempotency)
      redis.call('SET', key, id .. fingerprint, 'PX', window)
    end
    local at = tonumber(ARGV[a + 4])
    if at < 0 then at = now - at end
    accept(run, stream, ARGV[a], ARGV[a + 1], ARGV[a + 2], ARGV[a + 3], at, ARGV[a + 5], ARGV[a + 6])
  end
  reply[i + 2] = same
end

save_accepted(active, stats_prefix)
save_due(due, sweep)
send_feed(events, feed, feed_limit, '')
return reply
