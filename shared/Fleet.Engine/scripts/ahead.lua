#!lua flags=allow-oom
-- Counts the entries between two of a line, a part at a time; changes nothing.
-- KEYS: stream
-- ARGV: from (entry id, not counted), to (entry id, not counted, or +), most (entries)
-- Reply: how many there are, the last one that was counted ('' for none)
local stream = KEYS[1]
local from, to, most = ARGV[1], ARGV[2], ARGV[3]

local found = redis.call('XRANGE', stream, '(' .. from, to == '+' and to or '(' .. to, 'COUNT', most)
return { #found, #found > 0 and found[#found][1] or '' }
