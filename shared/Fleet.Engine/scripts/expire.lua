#!lua flags=allow-oom
-- Ends runs that were not started by their deadline, the earliest first; one that was started no longer has a deadline.
-- KEYS: events, feed, due, expiring, active, retained, kept otherwise, final expired
-- ARGV: stats prefix, feed limit (entries), run prefix, queue prefix, count (runs)
-- Reply: how many deadlines had passed, in how many ms the next one does (-1: there is none)
--@include clock
--@include record
--@include feed
--@include stats
--@include line
--@include final
local events, feed, due, expiring, active, retained = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6]
local kept, sets = { otherwise = KEYS[7] }, { expired = KEYS[8] }
local stats_prefix, feed_limit, run_prefix, queue_prefix, most = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]

-- A worker may hold a run whose start nobody has recorded yet; it is looked at again once that must have been.
local LOOK_AGAIN = 1000

-- Whether the run needs to be looked at again.
local function expire(id)
  local run = run_prefix .. id
  -- A record that cannot be read must not keep all others from expiring.
  local r = redis.pcall('HMGET', run, 'state', 'watched', 'head', 'options')
  if r.err then return false end
  local state, seq, attempt, entry = standing(r[1])
  if attempt ~= '0' or (state ~= 'queued' and state ~= 'scheduled') then return false end
  if state == 'queued' then
    local stream = stream_of(queue_prefix, r[3])
    if in_flight(stream, entry) then return true end
    redis.call('XDEL', stream, entry)
  else
    redis.call('ZREM', due, id)
  end
  watch(r[2])
  seq = final(id, 'expired', seq, attempt, keep_of(r[4]))
  stand('expired', seq, attempt)
  save(run)
  announce(id, 'expired', seq, attempt, label_of(r[3], r[4]))
  return false
end

local ids = redis.call('ZRANGEBYSCORE', expiring, '-inf', text[now], 'LIMIT', 0, most)
local again = {}
for _, id in ipairs(ids) do
  if expire(id) then
    again[#again + 1] = text[now + LOOK_AGAIN]
    again[#again + 1] = id
  end
end
if #ids > 0 then redis.call('ZREM', expiring, unpack(ids)) end
if #again > 0 then redis.call('ZADD', expiring, unpack(again)) end
save_final(active, sets, kept, retained, stats_prefix)
send_feed(events, feed, feed_limit, '')

local next = redis.call('ZRANGE', expiring, 0, 0, 'WITHSCORES')[2]
return { #ids, next and math.max(tonumber(next) - now, 0) or -1 }
