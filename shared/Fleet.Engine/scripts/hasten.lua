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
  local r = redis.call('HMGET', run, 'state', 'watched', 'head', 'options', 'input')
  local state, seq, attempt = standing(r[1])
  if not state then
    reply[i + 1] = -1
  elseif state ~= 'scheduled' or (seen ~= '0' and seen ~= text[seq]) then
    reply[i + 1] = 0
  else
    local head, options = r[3], r[4]
    seq = seq + 1
    redis.call('ZREM', due, id)
    watch(r[2])
    event(seq, 'queued', now, attempt, audited(audit))
    stand('queued', seq, attempt, enter(stream_of(queue_prefix, head), id, text[attempt + 1], head, options, r[5]))
    save(run)
    announce(id, 'queued', seq, attempt, label_of(head, options))
    reply[i + 1] = 1
  end
end
send_feed(events, feed, feed_limit, '')
return reply
