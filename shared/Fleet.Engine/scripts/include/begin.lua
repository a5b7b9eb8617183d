-- Records that an attempt started, where no call before this one did. `elapsed` is how long ago that was, in ms, measured
-- by the worker's monotonic clock; it cannot have been before the entry was made. Returns the run's newest seq.
-- The record has the worker's bare name: one value of more than 64 bytes makes Redis keep the whole hash in its roomier encoding.
local function begin(state, seq, entry, attempt, worker, elapsed)
  if state ~= 'queued' then return seq end
  local entered = tonumber(string.match(entry, '^%d+'))
  seq = seq + 1
  event(seq, 'started', math.max(now - elapsed, entered), attempt, worker, watched and '{"worker":"' .. worker .. '"}')
  return seq
end
