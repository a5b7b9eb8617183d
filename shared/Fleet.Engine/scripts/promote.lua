#!lua flags=allow-oom
-- Queues runs whose time has come, the earliest first; those that wait for other runs are put off while one of these is not final.
-- KEYS: events, feed, due
-- ARGV: feed limit (entries), run prefix, queue prefix, count (runs)
-- Reply: how many were queued, in how many ms the next one is due (-1: none)
--@include clock
--@include record
--@include feed
--@include line
local events, feed, due = KEYS[1], KEYS[2], KEYS[3]
local feed_limit, run_prefix, queue_prefix, count = ARGV[1], ARGV[2], ARGV[3], ARGV[4]

-- How soon a run that waits for others is looked at again, in ms.
local GLANCE = 1000
local put_off = {}

local function waits(others)
  for id in string.gmatch(others or '', '%w+') do
    local state = standing(redis.call('HGET', run_prefix .. id, 'state'))
    if state == 'running' or state == 'queued' or state == 'scheduled' then return true end
  end
  return false
end

local ids = redis.call('ZRANGEBYSCORE', due, '-inf', text[now], 'LIMIT', 0, count)
for _, id in ipairs(ids) do
  local run = run_prefix .. id
  -- A record that cannot be read must not keep all others waiting.
  local r = redis.pcall('HMGET', run, 'state', 'watched', 'head', 'options', 'input', 'after')
  local state, seq, attempt = standing(not r.err and r[1])
  if state == 'scheduled' and waits(r[6]) then
    stand(state, seq, attempt, text[now + GLANCE])
    save(run)
    put_off[#put_off + 1] = text[now + GLANCE]
    put_off[#put_off + 1] = id
  elseif state == 'scheduled' then
    local head, options = r[3], r[4]
    watch(r[2])
    seq = seq + 1
    event(seq, 'queued', now, attempt)
    stand('queued', seq, attempt, enter(stream_of(queue_prefix, head), id, text[attempt + 1], head, options, r[5]))
    save(run)
    announce(id, 'queued', seq, attempt, label_of(head, options))
  end
end
if #ids > 0 then redis.call('ZREM', due, unpack(ids)) end
if #put_off > 0 then redis.call('ZADD', due, unpack(put_off)) end
send_feed(events, feed, feed_limit, '')

local next = redis.call('ZRANGE', due, 0, 0, 'WITHSCORES')[2]
return { #ids, next and math.max(tonumber(next) - now, 0) or -1 }
