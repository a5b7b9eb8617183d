#!lua flags=allow-oom
-- Records that attempts are under way; an attempt that is no longer current is refused.
-- KEYS: events, feed; each: run
-- ARGV: feed limit (entries), worker; each: entry, attempt, elapsed (ms since its start), label
-- Reply: for each run 1 recorded, 0 refused, 2 recorded and asked to be cancelled
--@include clock
--@include record
--@include feed
--@include begin
local events, feed = KEYS[1], KEYS[2]
local feed_limit, worker = ARGV[1], ARGV[2]

local reply = {}
for i = 0, #KEYS - 3 do
  local run, a = KEYS[3 + i], 3 + i * 4
  local entry, attempt, elapsed, label = ARGV[a], ARGV[a + 1], tonumber(ARGV[a + 2]), ARGV[a + 3]
  local r = redis.call('HMGET', run, 'state', 'watched', 'cancel')
  local state, seq, _, place = standing(r[1])
  if place ~= entry then
    reply[i + 1] = 0
  else
    if state == 'queued' then
      watch(r[2])
      seq = begin(state, seq, entered_at(entry), attempt, worker, elapsed)
      stand('running', seq, attempt, entry)
      save(run)
      announce(string.sub(run, -26), 'running', seq, attempt, label)
    end
    reply[i + 1] = r[3] and 2 or 1
  end
end
send_feed(events, feed, feed_limit, worker)
return reply
