#!lua flags=allow-oom
-- Puts runs back into their queues whose workers have not been heard of for longer than the lease, or fails those that took
-- down too many; from then on whatever the old worker reports is refused.
-- KEYS: events, feed, active, retained, kept otherwise, final failed, final cancelled; each: stream
-- ARGV: stats prefix, feed limit (entries), run prefix, lease (ms), losses (how many a run may cost), most (runs)
-- Reply: how many leases had lapsed; where that is `most`, there may be more
--@include clock
--@include record
--@include feed
--@include stats
--@include line
--@include begin
--@include final
--@include audit
local events, feed, active, retained = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local kept, sets = { otherwise = KEYS[5] }, { failed = KEYS[6], cancelled = KEYS[7] }
local stats_prefix, feed_limit, run_prefix, lease = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local allowed, most = tonumber(ARGV[5]), tonumber(ARGV[6])

local function recover(stream, entry, id, worker, idle)
  local run = run_prefix .. id
  -- A record that cannot be read must not keep all others from being recovered.
  local r = redis.pcall('HMGET', run, 'state', 'watched', 'head', 'options', 'losses', 'cancel')
  if r.err then return end
  local state, seq, attempt, place = standing(r[1])
  if place ~= entry then return end
  if state == 'queued' then attempt = text[attempt + 1] end
  local losses = (tonumber(r[5]) or 0) + 1

  watch(r[2])
  seq = begin(state, seq, entered_at(entry), attempt, worker, idle)
  place = nil
  set('losses', text[losses])
  if r[6] then
    state = 'cancelled'
    seq = final(id, state, seq, attempt, keep_of(r[4]), audited(redis.call('HGET', run, 'audit')))
  elseif losses >= allowed then
    state = 'failed'
    seq = final(id, state, seq, attempt, keep_of(r[4]), '{"error":{"type":"worker-lost","message":"' .. losses
      .. ' workers were lost while they executed this run, the last one was ' .. worker .. '.","detail":null}}')
  else
    state = 'queued'
    event(seq + 1, 'recovered', now, attempt, '{"worker":"' .. worker .. '"}')
    event(seq + 2, 'queued', now, attempt)
    seq = seq + 2
    place = reenter(run, stream, id, text[attempt + 1])
  end
  stand(state, seq, attempt, place)
  save(run)
  local label = label_of(r[3], r[4])
  announce(id, state, seq, attempt, label)
  if state == 'failed' then tally(label, state) end
end

local lapsed = 0
for i = 8, #KEYS do
  if lapsed == most then break end
  local stream = KEYS[i]
  local held = redis.pcall('XPENDING', stream, 'fleet', 'IDLE', lease, '-', '+', most - lapsed)
  if not held.err then
    for _, h in ipairs(held) do
      local entry, worker, idle = h[1], h[2], h[3]
      local found = redis.call('XRANGE', stream, entry, entry)[1]
      -- The entry's first field begins with the run's id.
      if found then recover(stream, entry, string.sub(found[2][2], 1, 26), worker, idle) end
      redis.call('XACK', stream, 'fleet', entry)
      redis.call('XDEL', stream, entry)
      lapsed = lapsed + 1
    end
  end
end
save_final(active, sets, kept, retained, stats_prefix)
save_tallies(stats_prefix)
send_feed(events, feed, feed_limit, '')
return lapsed
