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
  local r = redis.pcall('HMGET', run, 'state', 'entry', 'seq', 'watched', 'attempt', 'job', 'queue', 'pri', 'options', 'losses', 'cancel')
  if r.err or r[2] ~= entry then return end
  local state, attempt = r[1], tonumber(r[5])
  if state == 'queued' then attempt = attempt + 1 end
  local losses = (tonumber(r[10]) or 0) + 1

  watch(r[4])
  local seq = begin(state, tonumber(r[3]), entry, text[attempt], worker, idle)
  set('attempt', text[attempt])
  set('losses', text[losses])
  set('entry', '')
  if r[11] then
    state = 'cancelled'
    seq = final(id, state, seq, text[attempt], keep_of(r[9]), audited(redis.call('HGET', run, 'audit')))
  elseif losses >= allowed then
    state = 'failed'
    seq = final(id, state, seq, text[attempt], keep_of(r[9]), '{"error":{"type":"worker-lost","message":"' .. losses
      .. ' workers were lost while they executed this run, the last one was ' .. worker .. '.","detail":null}}')
  else
    state = 'queued'
    event(seq + 1, 'recovered', now, text[attempt], '{"worker":"' .. worker .. '"}')
    event(seq + 2, 'queued', now, text[attempt])
    seq = seq + 2
    set('entry', reenter(run, stream, id, text[attempt + 1]))
  end
  set('state', state)
  set('seq', text[seq])
  save(run)
  announce(id, state, seq, text[attempt], label_of(r[6], r[7], r[8], r[9]))
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
send_feed(events, feed, feed_limit, '')
return lapsed
