#!lua flags=allow-oom
-- Ends attempts, each exactly once: an attempt that is no longer current is refused and changes nothing.
-- KEYS: events, feed, due, sweep, active, retained, kept succeeded, kept otherwise, final succeeded, final failed, final cancelled, final expired;
--   the streams; each: run
-- ARGV: stats prefix, feed limit (entries), worker, streams;
--   each: entry, report, payload (output or error as JSON, '' for none); after those of all runs the kinds of reports;
--   where report is "kind elapsed": kind (index among the kinds, from 1), elapsed (ms since the attempt's start; below 0 when it never
--   started); and a kind is "stream attempt outcome delay keep label": stream (index among the streams, from 1), outcome (succeeded, failed,
--   retry, snooze, release, cancelled, expired), delay (ms), keep ('-', or "a,b": seconds when it succeeded, seconds otherwise)
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

-- How an attempt can end. Each returns the run's new state and its newest seq, and where they are not as they were, where the run is
-- then and the number of its newest attempt.
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
  local at = text[now + delay]
  postpone(id, now + delay)
  event(seq + 1, 'retrying', now, attempt, '{"error":' .. payload .. ',"dueAt":' .. at .. '}')
  return 'scheduled', seq + 1, at
end

function outcomes.snooze(run, id, seq, attempt, keep, payload, delay)
  local at = text[now + delay]
  postpone(id, now + delay)
  event(seq + 1, 'scheduled', now, attempt, '{"reason":"snoozed","dueAt":' .. at .. '}')
  -- The attempt does not count: the next one has its number.
  return 'scheduled', seq + 1, at, text[attempt - 1]
end

function outcomes.release(run, id, seq, attempt, keep, payload, delay, stream)
  event(seq + 1, 'released', now, attempt, '{"worker":"' .. worker .. '"}')
  event(seq + 2, 'queued', now, attempt)
  return 'queued', seq + 2, reenter(run, stream, id, attempt), text[attempt - 1]
end

-- Whether its deadline has passed by Redis's clock too; the worker goes by its estimate of it.
local function is_overdue(run)
  local deadline = string.match(redis.call('HGET', run, 'options') or '', '"expiresAt":(%d+)')
  return deadline and now >= tonumber(deadline)
end

local runs = #KEYS - 12 - streams

-- Most of a batch end in the same way, so what they have in common comes once.
local kinds = {}
for k = 5 + runs * 3, #ARGV do
  local s, attempt, outcome, delay, keep, label = string.match(ARGV[k], '^(%d+) (%d+) (%a+) (%d+) (%S+) (.*)$')
  if keep == '-' then keep = '' end
  kinds[#kinds + 1] = { s = tonumber(s), attempt = attempt, outcome = outcome, delay = tonumber(delay), keep = keep, label = label }
end

local reply, done = {}, {}
for s = 1, streams do done[s] = {} end

-- Everything is read before anything is written: a record that cannot be read makes the call fail as a whole, and the worker
-- then sends each report on its own.
local records, over = {}, {}
for i = 0, runs - 1 do
  records[i] = redis.call('HMGET', KEYS[13 + streams + i], 'state', 'watched', 'cancel')
end

for i = 0, runs - 1 do
  local run, a = KEYS[13 + streams + i], 5 + i * 3
  local r, entry, payload = records[i], ARGV[a], ARGV[a + 2]
  local k, elapsed = string.match(ARGV[a + 1], '^(%d+) (%-?%d+)$')
  local kind = kinds[tonumber(k)]
  local state, seq, before, place = standing(r[1])
  if place ~= entry or over[run] then
    reply[i + 1] = 0
  else
    reply[i + 1], over[run] = 1, true
    elapsed = tonumber(elapsed)
    local id, stream, attempt, outcome = string.sub(run, -26), KEYS[12 + kind.s], kind.attempt, kind.outcome
    local keep, label = kind.keep, kind.label
    local entries = done[kind.s]
    entries[#entries + 1] = entry
    local untouched = elapsed < 0 and state == 'queued'
    local overdue = outcome == 'expired' and is_overdue(run)
    if outcome == 'expired' then outcome = 'release' end
    if untouched and overdue then
      watch(r[2])
      seq = final(id, 'expired', seq, before, keep)
      stand('expired', seq, before)
      save(run)
      announce(id, 'expired', seq, before, label)
    elseif untouched and outcome == 'release' then
      -- Taken and given back untouched: to everyone else nothing happened, so the timeline says nothing.
      stand(state, seq, before, reenter(run, stream, id, attempt))
      save(run)
    else
      watch(r[2])
      if payload == '' then payload = 'null' end
      elapsed = math.max(elapsed, 0)
      local entered = entered_at(entry)
      seq = begin(state, seq, entered, attempt, worker, elapsed)
      -- A run that somebody wants gone does not come back.
      if r[3] and outcome ~= 'succeeded' and outcome ~= 'failed' then outcome = 'cancelled' end
      local newest
      state, seq, place, newest = outcomes[outcome](run, id, seq, attempt, keep, payload, kind.delay, stream)
      stand(state, seq, newest or attempt, place)
      save(run)
      announce(id, state, seq, attempt, label)
      measure('wait:', math.max(now - elapsed - entered, 0))
      measure('run:', elapsed)
      if state == 'succeeded' or state == 'failed' then tally(label, state, elapsed) end
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
save_tallies(stats_prefix)
send_feed(events, feed, feed_limit, worker)
return reply
