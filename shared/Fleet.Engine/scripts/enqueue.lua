#!lua
-- Accepts a batch of runs: each is stored whole, with its place in a queue or in `due`, or is found to be there already.
-- KEYS: active, due, expiring, events, feed, sweep; each: run, stream; after those of all runs the keys that
--   `unique` and `idempotency` point to
-- ARGV: stats prefix, feed limit (entries), idempotency window (ms), runs, check (1: a run that exists is left alone),
--   queue prefix;
--   each: job, queue, priority (0-3), max (attempts), due (ms since 1970; below 0 a delay in ms; 0 now), input, options,
--   unique, idempotency;
--   where unique is '', or the index of its key in KEYS and active, queued or a number of ms, for how long a run counts, and perhaps
--   `replace`: a run that still waits gets this input and time; and idempotency is '', or the index of its key in KEYS and the request's fingerprint
-- Reply: now (ms), then for each run '' when it was accepted, or the id of the run that it is the same as,
--   or 'conflict' when its idempotency key came with another request before
--@include clock
--@include record
--@include feed
--@include stats
--@include line
--@include due
--@include accept
local active, due, expiring, events, feed, sweep = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6]
local stats_prefix, feed_limit, window, runs, check, queue_prefix = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4]), ARGV[5] == '1', ARGV[6]

local run_prefix = string.sub(KEYS[7], 1, -27)
local reply = { now }

local function split(pointer)
  local index, rest, more = string.match(pointer, '^(%d+) (%S+) ?(.*)$')
  return KEYS[tonumber(index)], rest, more == 'replace'
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

-- Gives a run that waits another input, and puts it where its new time says. `at` is in ms.
local function replace(run, id, r, at, input)
  local attempt, options, seq = r[5], r[9] or '', tonumber(r[3]) + 1
  local stream = stream_of(queue_prefix, r[7], r[8])
  if r[1] == 'queued' then redis.call('XDEL', stream, r[2]) else redis.call('ZREM', due, id) end
  watch(r[4])
  set('input', input)
  local state = 'queued'
  if at > now then
    state = 'scheduled'
    set('due', text[at])
    set('entry', '')
    event(seq, 'scheduled', now, attempt, '{"reason":"replaced","dueAt":' .. text[at] .. '}')
    postpone(id, at)
  else
    set('due', '')
    set('entry', enter(stream, id, r[6], text[attempt + 1], r[10], input, options, r[11]))
    event(seq, 'queued', now, attempt, '{"reason":"replaced"}')
  end
  set('state', state)
  set('seq', text[seq])
  save(run)
  announce(id, state, seq, attempt, label_of(r[6], r[7], r[8], options))
end

-- The run that still counts as this one, where there is one.
local function duplicate(unique, at, input)
  local key, scope, replaces = split(unique)
  local id = redis.call('GET', key)
  if not id then return '' end
  local run = run_prefix .. id
  local r = redis.call('HMGET', run, 'state', 'entry', 'seq', 'watched', 'attempt', 'job', 'queue', 'pri', 'options', 'max', 'spent')
  local state = r[1]
  if not state then return '' end
  local waits = state == 'scheduled' or state == 'queued'
  -- A worker may hold a run whose start nobody has recorded yet; it has the input it took.
  if waits and (scope == 'queued' or replaces) and state == 'queued' and in_flight(stream_of(queue_prefix, r[7], r[8]), r[2]) then
    state, waits = 'running', false
  end
  if scope == 'queued' and not waits then return '' end
  if scope == 'active' and not waits and state ~= 'running' then return '' end
  if replaces and waits then replace(run, id, r, at, input) end
  return id
end

for i = 0, runs - 1 do
  local k, a = 7 + i * 2, 7 + i * 9
  local run, stream, unique, idempotency = KEYS[k], KEYS[k + 1], ARGV[a + 7], ARGV[a + 8]
  local id = string.sub(run, -26)
  local same, at = '', tonumber(ARGV[a + 4])
  if at < 0 then at = now - at end
  if check and redis.call('EXISTS', run) == 1 then same = id end
  if same == '' and idempotency ~= '' then same = repeated(idempotency) end
  if same == '' and unique ~= '' then same = duplicate(unique, at, ARGV[a + 5]) end
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
    accept(run, stream, ARGV[a], ARGV[a + 1], ARGV[a + 2], ARGV[a + 3], at, ARGV[a + 5], ARGV[a + 6])
  end
  reply[i + 2] = same
end

save_accepted(active, expiring, sweep, stats_prefix)
save_due(due, sweep)
send_feed(events, feed, feed_limit, '')
return reply
