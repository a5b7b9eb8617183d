#!lua
-- Puts final runs back into their queues; the timeline goes on where it ended, with as many attempts as the run had at first.
-- KEYS: events, feed, active; each: run
-- ARGV: feed limit (entries), queue prefix, final prefix, ended by (ms since 1970; runs that became final after this stay), audit (who
--   asked, for the timeline; '' for nothing)
-- Reply: for each run 1 queued again, 0 it is not final or became so too late, -1 there is no such run
--@include clock
--@include record
--@include feed
--@include line
--@include ended
--@include audit
local events, feed, active = KEYS[1], KEYS[2], KEYS[3]
local feed_limit, queue_prefix, final_prefix, ended_by, audit = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4]), ARGV[5]

-- Who has a run executed again wants it executed, however late it is; so its deadline goes.
local function without_deadline(options)
  local rest = string.gsub(options, ',?"expiresAt":%d+', '')
  rest = string.gsub(rest, '^{,', '{')
  return rest == '{}' and '' or rest
end

local reply = {}
for i = 1, #KEYS - 3 do
  local run = KEYS[3 + i]
  local id = string.sub(run, -26)
  local r = redis.call('HMGET', run, 'state', 'seq', 'watched', 'attempt', 'job', 'queue', 'pri', 'options', 'max', 'spent')
  local state, attempt = r[1], tonumber(r[4])
  if not state then
    reply[i] = -1
  elseif state == 'scheduled' or state == 'queued' or state == 'running' or ended_at(run, r[2]) > ended_by then
    reply[i] = 0
  else
    -- `spent` is how many attempts belong to the lives before this one, so that attempts are numbered on.
    local seq, allowed = tonumber(r[2]) + 1, tonumber(r[9]) - (tonumber(r[10]) or 0)
    redis.call('ZREM', final_prefix .. state, id)
    redis.call('ZADD', active, '0', id)
    redis.call('HDEL', run, 'cancel', 'output', 'progress', 'losses', 'due', 'audit')
    watch(r[3])
    event(seq, 'queued', now, text[attempt], audited(audit, '"reason":"retry"'))
    set('state', 'queued')
    set('seq', text[seq])
    set('spent', text[attempt])
    set('max', text[attempt + allowed])
    if r[8] then set('options', without_deadline(r[8])) end
    save(run)
    redis.call('HSET', run, 'entry', reenter(run, stream_of(queue_prefix, r[6], r[7]), id, text[attempt + 1]))
    announce(id, 'queued', seq, text[attempt], label_of(r[5], r[6], r[7], r[8]))
    reply[i] = 1
  end
end
send_feed(events, feed, feed_limit, '')
return reply
