#!lua flags=allow-oom
-- Ends runs that wait, and asks the workers of those that run to end them.
-- KEYS: events, feed, due, control, active, retained, kept otherwise, final cancelled; each: run
-- ARGV: stats prefix, feed limit (entries), queue prefix, waiting (1: runs that a worker holds are left alone), audit (who asked, for the
--   timeline; '' for nothing)
-- Reply: for each run 1 cancelled, 2 its worker was told, 3 a worker holds it and was left alone, 0 it is final,
--   -1 there is no such run
--@include clock
--@include record
--@include feed
--@include stats
--@include line
--@include begin
--@include final
--@include audit
local events, feed, due, control, active, retained = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6]
local kept, sets = { otherwise = KEYS[7] }, { cancelled = KEYS[8] }
local stats_prefix, feed_limit, queue_prefix, waiting, audit = ARGV[1], ARGV[2], ARGV[3], ARGV[4] == '1', ARGV[5]

local reply = {}
for i = 1, #KEYS - 8 do
  local run = KEYS[8 + i]
  local id = string.sub(run, -26)
  local r = redis.call('HMGET', run, 'state', 'watched', 'head', 'options')
  local state, seq, attempt, entry = standing(r[1])
  local label = state and label_of(r[3], r[4])
  local stream = state and stream_of(queue_prefix, r[3])
  watch(r[2])

  -- A worker may hold a run whose start nobody has recorded yet.
  local holder = state == 'queued' and in_flight(stream, entry)
  if holder and not waiting then
    attempt = text[attempt + 1]
    seq = begin(state, seq, entered_at(entry), attempt, holder.consumer, holder.idle)
    state = 'running'
    stand(state, seq, attempt, entry)
    save(run)
    announce(id, state, seq, attempt, label)
  end

  if not state then
    reply[i] = -1
  elseif waiting and (holder or state == 'running') then
    reply[i] = 3
  elseif state == 'running' then
    redis.call('HSET', run, 'cancel', text[now])
    -- Whoever records the end finds it there.
    if audit ~= '' then redis.call('HSET', run, 'audit', audit) end
    redis.call('SPUBLISH', control, 'cancel ' .. id .. ' ' .. entry)
    reply[i] = 2
  elseif state == 'queued' or state == 'scheduled' then
    if state == 'queued' then redis.call('XDEL', stream, entry) else redis.call('ZREM', due, id) end
    seq = final(id, 'cancelled', seq, attempt, keep_of(r[4]), audited(audit))
    stand('cancelled', seq, attempt)
    save(run)
    announce(id, 'cancelled', seq, attempt, label)
    reply[i] = 1
  else
    reply[i] = 0
  end
end
save_final(active, sets, kept, retained, stats_prefix)
send_feed(events, feed, feed_limit, '')
return reply
