#!lua flags=allow-oom
-- Puts a run back into its place in the line that was taken and not begun: it is then the next one, as if nobody had taken it.
-- Its place is lost while somebody holds a run from further back, because a line is read on from one point.
-- KEYS: stream, run
-- ARGV: consumer, entry
-- Reply: 1 back in its place, 0 somebody holds a run from further back, -1 the consumer does not hold it, or it has begun
--@include clock
--@include record
local stream, run = KEYS[1], KEYS[2]
local consumer, entry = ARGV[1], ARGV[2]

local state, _, _, place = standing(redis.call('HGET', run, 'state'))
local held = redis.pcall('XPENDING', stream, 'fleet', entry, '+', 2)
if held.err or #held == 0 or held[1][1] ~= entry or held[1][2] ~= consumer then return -1 end
if state ~= 'queued' or place ~= entry then return -1 end
if #held > 1 then return 0 end

local ms, seq = string.match(entry, '^(%d+)%-(%d+)$')
local before = seq == '0' and text[tonumber(ms) - 1] .. '-18446744073709551615' or ms .. '-' .. text[tonumber(seq) - 1]
redis.call('XACK', stream, 'fleet', entry)
redis.call('XGROUP', 'SETID', stream, 'fleet', before)
return 1
