#!lua flags=allow-oom
-- Forgets final runs: record, log, listing, deadline and the unique key that is theirs.
-- KEYS: expiring; each: run, log
-- ARGV: final prefix, ended by (ms since 1970; runs that became final after this stay)
-- Reply: for each run 1 forgotten, 0 it is not final or became so too late, -1 there is no such run
--@include ended
local expiring = KEYS[1]
local final_prefix, ended_by = ARGV[1], tonumber(ARGV[2])

local reply = {}
for i = 0, (#KEYS - 1) / 2 - 1 do
  local run, log = KEYS[2 + i * 2], KEYS[3 + i * 2]
  local id = string.sub(run, -26)
  -- A record that cannot be read is no run's, and must not keep the others.
  local r = redis.pcall('HMGET', run, 'state', 'unique')
  local state = not r.err and r[1] and string.match(r[1], '^%a+')
  if not state then
    reply[i + 1] = -1
  elseif not is_final(state) or ended_at(r[1]) > ended_by then
    reply[i + 1] = 0
  else
    if r[2] and redis.call('GET', r[2]) == id then redis.call('UNLINK', r[2]) end
    redis.call('UNLINK', run, log)
    redis.call('ZREM', final_prefix .. state, id)
    redis.call('ZREM', expiring, id)
    reply[i + 1] = 1
  end
end
return reply
