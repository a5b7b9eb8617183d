#!lua flags=allow-oom
-- Reads the durable feed on from where a reader is, and says whether anything between was dropped, where the feed ends, and how many runs
-- have ended and how at that very moment; changes nothing.
-- KEYS: events, final succeeded, final failed, final cancelled, final expired, final skipped
-- ARGV: after (the entry that was read last, 0-0 for none), most (entries)
-- Reply: 1 nothing is missing, 0 what came after that entry may have been dropped; the feed's last entry (0-0 for none); how many runs
--   are in each of the listings; then for each entry its id and its batch
local events = KEYS[1]
local succeeded, failed, cancelled, expired, skipped = KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6]
local after, most = ARGV[1], ARGV[2]

local entries = redis.call('XRANGE', events, '(' .. after, '+', 'COUNT', most)
local last = redis.call('XREVRANGE', events, '+', '-', 'COUNT', 1)[1]
local reply = { 1, last and last[1] or '0-0' }
for _, listing in ipairs({ succeeded, failed, cancelled, expired, skipped }) do reply[#reply + 1] = redis.call('ZCARD', listing) end

if after ~= '0-0' then
  -- An entry that is still there has all its successors.
  reply[1] = #redis.call('XRANGE', events, after, after)
elseif last then
  local info, facts = redis.call('XINFO', 'STREAM', events), {}
  for i = 1, #info, 2 do facts[info[i]] = info[i + 1] end
  reply[1] = facts['entries-added'] == facts['length'] and 1 or 0
end
for _, entry in ipairs(entries) do
  reply[#reply + 1] = entry[1]
  reply[#reply + 1] = entry[2][2]
end
return reply
