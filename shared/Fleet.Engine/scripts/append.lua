#!lua
-- Adds progress and log lines to timelines, in order; an attempt that is no longer current is refused.
-- KEYS: events, feed; each: run, log
-- ARGV: feed limit (entries), worker, log limit (entries a run); each: entry, attempt, elapsed (ms since its start), label, events
--   (a JSON array of [type, data] with data as JSON text)
-- Reply: for each run 1 added, 0 refused
-- A run's log stream exists only once it has something to hold; its ids are <seq>-0.
--@include clock
--@include record
--@include feed
--@include begin
local events, feed = KEYS[1], KEYS[2]
local feed_limit, worker, log_limit = ARGV[1], ARGV[2], ARGV[3]

local reply = {}
for i = 0, (#KEYS - 2) / 2 - 1 do
  local run, log, a = KEYS[3 + i * 2], KEYS[4 + i * 2], 4 + i * 5
  local entry, attempt, elapsed, label = ARGV[a], ARGV[a + 1], tonumber(ARGV[a + 2]), ARGV[a + 3]
  local r = redis.call('HMGET', run, 'state', 'watched')
  local state, seq, _, place = standing(r[1])
  if place ~= entry then
    reply[i + 1] = 0
  else
    watch(r[2])
    seq = begin(state, seq, entered_at(entry), attempt, worker, elapsed)
    if state == 'queued' then announce(string.sub(run, -26), 'running', seq, attempt, label) end
    for _, added in ipairs(cjson.decode(ARGV[a + 4])) do
      local type, data = added[1], added[2]
      seq = seq + 1
      redis.call('XADD', log, 'MAXLEN', '~', log_limit, text[seq] .. '-0', 'type', type, 'at', text[now], 'attempt', attempt, 'data', data)
      publish(seq, type, now, attempt, data)
      if type == 'progress' then set('progress', data) end
    end
    stand('running', seq, attempt, entry)
    save(run)
    reply[i + 1] = 1
  end
end
send_feed(events, feed, feed_limit, worker)
return reply
