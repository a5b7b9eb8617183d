#!lua flags=allow-oom
-- Queues scheduled runs before their time; each only as the caller saw it, so that asking twice does it once.
-- KEYS: events, feed, due; each: run
-- ARGV: feed limit (entries), queue prefix, audit (who asked, for the timeline; '' for nothing); each: seq (that of the run as the caller
--   saw it; 0 for any)
-- Reply: for each run 1 queued, 0 it is not scheduled or has moved on, -1 there is no such run
--@include clock
--@include record
--@include feed
--@include line
--@include audit
local events, feed, due = KEYS[1], KEYS[2], KEYS[3]
local feed_limit, queue_prefix, audit = ARGV[1], ARGV[2], ARGV[3]

local reply = {}
for i = 0, #KEYS - 4 do
  local run, seen = KEYS[4 + i], ARGV[4 + i]
  local id = string.sub(run, -26)
  local r = redis.call('HMGET', run, 'state', 'seq', 'watched', 'attempt', 'job', 'queue', 'pri', 'options')
  local state, seq, attempt = r[1], r[2], r[4]
  if not state then
    reply[i + 1] = -1
  elseif state ~= 'scheduled' or (seen ~= '0' and seen ~= seq) then
    reply[i + 1] = 0
  else
    seq = tonumber(seq) + 1
    redis.call('ZREM', due, id)
    watch(r[3])
    event(seq, 'queued', now, attempt, audited(audit))
    set('state', 'queued')
    set('seq', text[seq])
    set('due', '')
    save(run)
    redis.call('HSET', run, 'entry', reenter(run, stream_of(queue_prefix, r[6], r[7]), id, text[attempt + 1]))
    announce(id, 'queued', seq, attempt, label_of(r[5], r[6], r[7], r[8]))
    reply[i + 1] = 1
  end
end
send_feed(events, feed, feed_limit, '')
return reply
