#!lua flags=allow-oom
-- Ends attempts, each exactly once: an attempt that is no longer current is refused and changes nothing.
-- KEYS: events, feed, due, sweep, active, retained, kept succeeded, kept otherwise, final succeeded, final failed, final cancelled, final expired;
--   the streams; each: run
-- ARGV: stats prefix, feed limit (entries), worker, streams;
--   each: stream (index among the streams, from 1), entry, attempt, elapsed (ms since its start; below 0 when it never started),
--   outcome (succeeded, failed, retry, snooze, release, cancelled, expired), payload (output or error as JSON, '' for none), delay (ms),
--   keep ('' or "seconds when it succeeded, seconds otherwise"), label
-- Reply: for each run 1 ended, 0 refused
--@include clock
--@include record
--@include feed
--@include stats
--@include line
--@include begin
--@include due
--@include final
--@include audit
local events, feed, due, sweep, active, retained = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6]
local kept = { succeeded = KEYS[7], otherwise = KEYS[8] }
local sets = { succeeded = KEYS[9], failed = KEYS[10], cancelled = KEYS[11], expired = KEYS[12] }
local stats_prefix, feed_limit, worker, streams = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4])

-- How an attempt can end. Each returns the run's new state and its newest seq.
local outcomes = {}

function outcomes.succeeded(run, id, seq, attempt, keep, payload)
  set('output', payload)
  return 'succeeded', final(id, 'succeeded', seq, attempt, keep, nil, watched and '{"output":' .. payload .. '}')
end

function outcomes.failed(run, id, seq, attempt, keep, payload)
  return 'failed', final(id, 'failed', seq, attempt, keep, '{"error":' .. payload .. '}')
end

function outcomes.cancelled(run, id, seq, attempt, keep)
  return 'cancelled', final(id, 'cancelled', seq, attempt, keep, audited(redis.call('HGET', run, 'audit')))
end

function outcomes.retry(run, id, seq, attempt, keep, payload, delay)
  postpone(id, now + delay)
  set('due', text[now + delay])
  event(seq + 1, 'retrying', now, attempt, '{"error":' .. payload .. ',"dueAt":' .. text[now + delay] .. '}')
  return 'scheduled', seq + 1
end

function outcomes.snooze(run, id, seq, attempt, keep, payload, delay)
  postpone(id, now + delay)
  set('due', text[now + delay])
  event(seq + 1, 'scheduled', now, attempt, '{"reason":"snoozed","dueAt":' .. text[now + delay] .. '}')
  -- The attempt does not count: the next one has its number.
  set('attempt', text[attempt - 1])
  return 'scheduled', seq + 1
end

function outcomes.release(run, id, seq, attempt, keep, payload, delay, stream)
  event(seq + 1, 'released', now, attempt, '{"worker":"' .. worker .. '"}')
  event(seq + 2, 'queued', now, attempt)
  set('attempt', text[attempt - 1])
  set('entry', reenter(run, stream, id, attempt))
  return 'queued', seq + 2
end

-- Whether its deadline has passed by Redis's clock too; the worker goes by its estimate of it.
local function is_overdue(run)
  local deadline = string.match(redis.call('HGET', run, 'options') or '', '"expiresAt":(%d+)')
  return deadline and now >= tonumber(deadline)
end

local reply, done = {}, {}
for s = 1, streams do done[s] = {} end

-- Everything is read before anything is written: a record that cannot be read makes the call fail as a whole, and the worker
-- then sends each report on its own.
local records, over = {}, {}
for i = 0, #KEYS - 13 - streams do
  records[i] = redis.call('HMGET', KEYS[13 + streams + i], 'state', 'entry', 'seq', 'watched', 'cancel')
end

for i = 0, #KEYS - 13 - streams do
  local run, a = KEYS[13 + streams + i], 5 + i * 9
  local s, entry, attempt, elapsed = tonumber(ARGV[a]), ARGV[a + 1], ARGV[a + 2], tonumber(ARGV[a + 3])
  local outcome, payload, delay, keep, label = ARGV[a + 4], ARGV[a + 5], tonumber(ARGV[a + 6]), ARGV[a + 7], ARGV[a + 8]
  local r = records[i]
  if r[2] ~= entry or over[run] then
    reply[i + 1] = 0
  else
    reply[i + 1], over[run] = 1, true
    local id, stream = string.sub(run, -26), KEYS[12 + s]
    done[s][#done[s] + 1] = entry
    local untouched = elapsed < 0 and r[1] == 'queued'
    local overdue = outcome == 'expired' and is_overdue(run)
    if outcome == 'expired' then outcome = 'release' end
    if untouched and overdue then
      watch(r[4])
      local seq, before = tonumber(r[3]), text[attempt - 1]
      seq = final(id, 'expired', seq, before, keep)
      set('state', 'expired')
      set('entry', '')
      set('seq', text[seq])
      save(run)
      announce(id, 'expired', seq, before, label)
    elseif untouched and outcome == 'release' then
      -- Taken and given back untouched: to everyone else nothing happened, so the timeline says nothing.
      set('entry', reenter(run, stream, id, attempt))
      save(run)
    else
      watch(r[4])
      if payload == '' then payload = 'null' end
      elapsed = math.max(elapsed, 0)
      local seq = begin(r[1], tonumber(r[3]), entry, attempt, worker, elapsed)
      -- A run that somebody wants gone does not come back.
      if r[5] and outcome ~= 'succeeded' and outcome ~= 'failed' then outcome = 'cancelled' end
      set('attempt', attempt)
      set('entry', '')
      local state
      state, seq = outcomes[outcome](run, id, seq, attempt, keep, payload, delay, stream)
      set('state', state)
      set('seq', text[seq])
      save(run)
      announce(id, state, seq, attempt, label)
      measure('wait:', math.max(now - elapsed - string.match(entry, '^%d+'), 0))
      measure('run:', elapsed)
    end
  end
end

for s = 1, streams do
  if #done[s] > 0 then
    redis.call('XACK', KEYS[12 + s], 'fleet', unpack(done[s]))
    redis.call('XDEL', KEYS[12 + s], unpack(done[s]))
  end
end
save_due(due, sweep)
save_final(active, sets, kept, retained, stats_prefix)
save_durations(stats_prefix)
send_feed(events, feed, feed_limit, worker)
return reply
