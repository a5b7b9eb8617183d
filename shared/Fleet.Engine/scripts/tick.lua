#!lua
-- Creates the runs of a schedule's ticks and moves its next tick in one step, so that each tick creates its run exactly once,
-- however many try; whoever read the schedule before another made the tick, or changed it, is refused.
-- KEYS: schedule, ticks, sweep, active, due, expiring, events, feed; each: run
-- ARGV: stats prefix, feed limit (entries), name, version, tick (the next one as the caller read it, ms since 1970; '' for a run
--   out of turn, which moves nothing), next (the one after these, ms since 1970; '' for none), overlap (allow, skip, queue-one,
--   cancel-previous), queue prefix; each: tick (ms since 1970), due (ms since 1970), options
-- Reply: now (ms), 1 done or 0 refused, then, when done, for each run 1 created, 0 not, because of an earlier one
-- Under cancel-previous it is refused too while an earlier run is not cancelled, nor told to end.
--@include clock
--@include record
--@include feed
--@include stats
--@include line
--@include due
--@include accept
local schedule, ticks, sweep, active, due, expiring = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6]
local events, feed = KEYS[7], KEYS[8]
local stats_prefix, feed_limit, name, version, tick, next = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6]
local overlap, queue_prefix = ARGV[7], ARGV[8]

-- How many earlier runs are remembered; where runs may overlap they are many, and nobody asks after them.
local REMEMBERED = 32
-- How soon a run that waits for earlier ones is looked at, in ms.
local GLANCE = 1000

local s = redis.call('HMGET', schedule, 'version', 'next', 'job', 'queue', 'pri', 'max', 'input', 'runs')
if s[1] ~= version or (tick ~= '' and s[2] ~= tick) then return { now, 0 } end
local run_prefix = #KEYS > 8 and string.sub(KEYS[9], 1, -27)
local head = table.concat({ s[3], s[4], s[5], s[6], '0' }, ' ')

-- The earlier runs that are not final, and whether one of them waits for the others.
local runs, waits = {}, false
for id in string.gmatch(s[8] or '', '%w+') do
  if overlap == 'allow' or not run_prefix then
    runs[#runs + 1] = id
  else
    local r = redis.call('HMGET', run_prefix .. id, 'state', 'after', 'cancel')
    local state = standing(r[1])
    if state == 'scheduled' or state == 'queued' or state == 'running' then
      if overlap == 'cancel-previous' and tick ~= '' and not r[3] then return { now, 0 } end
      runs[#runs + 1] = id
      waits = waits or (state == 'scheduled' and r[2] and true)
    end
  end
end

local reply, last = { now, 1 }, nil
for i = 0, #KEYS - 9 do
  local run, a = KEYS[9 + i], 9 + i * 3
  local at, options = tonumber(ARGV[a + 1]), ARGV[a + 2]
  local made = redis.call('EXISTS', run) == 0
  if made and tick ~= '' and #runs > 0 then
    if overlap == 'skip' or (overlap == 'queue-one' and waits) then
      made = false
    elseif overlap == 'queue-one' then
      -- The sweep puts it off again and again while one of those runs is not final.
      set('after', table.concat(runs, ' '))
      at = math.max(at, now + GLANCE)
      waits = true
    end
  end
  if made then
    accept(run, kind_of(queue_prefix, head, options), at, s[7])
    runs[#runs + 1] = string.sub(run, -26)
    last = i
  end
  reply[i + 3] = made and 1 or 0
end

if last then redis.call('HSET', schedule, 'runs', table.concat(runs, ' ', math.max(#runs - REMEMBERED + 1, 1))) end
if tick ~= '' then
  if last then redis.call('HSET', schedule, 'last', ARGV[9 + last * 3], 'run', string.sub(KEYS[9 + last], -26)) end
  redis.call('HSET', schedule, 'next', next)
  if next == '' then redis.call('ZREM', ticks, name) else redis.call('ZADD', ticks, next, name) end
end
save_accepted(active, expiring, sweep, stats_prefix)
save_due(due, sweep)
send_feed(events, feed, feed_limit, '')
return reply
