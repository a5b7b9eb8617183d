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
  local r = redis.call('HMGET', run, 'state', 'watched', 'head', 'options', 'input')
  local state, seq, attempt = standing(r[1])
  if not state then
    reply[i] = -1
  elseif not is_final(state) or ended_at(r[1]) > ended_by then
    reply[i] = 0
  else
    -- `spent` is how many attempts belong to the lives before this one, so that attempts are numbered on.
    local names, most, spent = string.match(r[3], '^(%S+ %S+ %d) (%d+) (%d+)$')
    local head = names .. ' ' .. text[attempt + most - spent] .. ' ' .. attempt
    local options = without_deadline(r[4] or '')
    seq = seq + 1
    redis.call('ZREM', final_prefix .. state, id)
    redis.call('ZADD', active, '0', id)
    redis.call('HDEL', run, 'cancel', 'output', 'progress', 'losses', 'audit')
    watch(r[2])
    event(seq, 'queued', now, attempt, audited(audit, '"reason":"retry"'))
    set('head', head)
    if r[4] then set('options', options) end
    stand('queued', seq, attempt, enter(stream_of(queue_prefix, head), id, text[attempt + 1], head, options, r[5]))
    save(run)
    announce(id, 'queued', seq, attempt, label_of(head, options))
    reply[i] = 1
  end
end
send_feed(events, feed, feed_limit, '')
return reply
