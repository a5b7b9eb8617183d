#!lua
-- Accepts a batch of runs: each is stored whole, with its place in a queue or in `due`, or is found to be there already.
-- KEYS: active, due, expiring, events, feed, sweep; each: run; after those of all runs the keys that guards point to
-- ARGV: stats prefix, feed limit (entries), idempotency window (ms), runs, queue prefix;
--   each: kind (index among the kinds, from 1), input, terms; after those of all runs, for each kind: head, options;
--   where terms is '', or "due;unique;idempotency"; due is in ms since 1970, below 0 a delay in ms, 0 now; unique is '', or the index of
--   its key in KEYS and active, queued or a number of ms, for how long a run counts, and perhaps `replace`: a run that still waits gets
--   this input and time; idempotency is '', or the index of its key in KEYS and the request's fingerprint; and head is "job queue
--   priority max 0", priority 0-3, max in attempts
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
local stats_prefix, feed_limit, window, runs, queue_prefix = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4]), ARGV[5]

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
  local head, options = r[3], r[4]
  local state, seq, attempt, place = standing(r[1])
  local stream = stream_of(queue_prefix, head)
  if state == 'queued' then redis.call('XDEL', stream, place) else redis.call('ZREM', due, id) end
  watch(r[2])
  set('input', input)
  seq = seq + 1
  if at > now then
    state, place = 'scheduled', text[at]
    event(seq, state, now, attempt, '{"reason":"replaced","dueAt":' .. place .. '}')
    postpone(id, at)
  else
    state, place = 'queued', enter(stream, id, text[attempt + 1], head, options, input)
    event(seq, state, now, attempt, '{"reason":"replaced"}')
  end
  stand(state, seq, attempt, place)
  save(run)
  announce(id, state, seq, attempt, label_of(head, options))
end

-- The run that still counts as this one, where there is one.
local function duplicate(unique, at, input)
  local key, scope, replaces = split(unique)
  local id = redis.call('GET', key)
  if not id then return '' end
  local run = run_prefix .. id
  local r = redis.call('HMGET', run, 'state', 'watched', 'head', 'options')
  local state, _, _, entry = standing(r[1])
  if not state then return '' end
  local waits = state == 'scheduled' or state == 'queued'
  -- A worker may hold a run whose start nobody has recorded yet; it has the input it took.
  if waits and (scope == 'queued' or replaces) and state == 'queued' and in_flight(stream_of(queue_prefix, r[3]), entry) then
    state, waits = 'running', false
  end
  if scope == 'queued' and not waits then return '' end
  if scope == 'active' and not waits and state ~= 'running' then return '' end
  if replaces and waits then replace(run, id, r, at, input) end
  return id
end

-- What a run with guards is the same as, as the reply has it; where it is nothing's, the guards are its own from now on.
local function claim(unique, idempotency, id, at, input)
  local same = idempotency ~= '' and repeated(idempotency) or ''
  if same == '' and unique ~= '' then same = duplicate(unique, at, input) end
  if same ~= '' then return same end
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
  return ''
end

-- Most of a batch are of the same kind, which is taken apart once.
local kinds = {}
for k = 6 + runs * 3, #ARGV, 2 do kinds[#kinds + 1] = kind_of(queue_prefix, ARGV[k], ARGV[k + 1]) end

for i = 0, runs - 1 do
  local run, a = KEYS[7 + i], 6 + i * 3
  local kind, input, terms = kinds[tonumber(ARGV[a])], ARGV[a + 1], ARGV[a + 2]
  local at, same = 0, ''
  if terms ~= '' then
    local due_at, unique, idempotency = string.match(terms, '^(%-?%d+);(.*);(.*)$')
    at = tonumber(due_at)
    if at < 0 then at = now - at end
    same = claim(unique, idempotency, string.sub(run, -26), at, input)
  end
  if same == '' then accept(run, kind, at, input) end
  reply[i + 2] = same
end

save_accepted(active, expiring, sweep, stats_prefix)
save_due(due, sweep)
send_feed(events, feed, feed_limit, '')
return reply
