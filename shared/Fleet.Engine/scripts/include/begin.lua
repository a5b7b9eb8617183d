-- When an entry was made, in ms: its id begins with that.
local function entered_at(entry)
  return tonumber(string.match(entry, '^%d+'))
end

-- Records that an attempt started, where no call before this one did. `elapsed` is how long ago that was, in ms, measured
-- by the worker's monotonic clock; it cannot have been before the entry was made, `entered`. Returns the run's newest seq.
-- The record has the worker's bare name: one value of more than 64 bytes makes Redis keep the whole hash in its roomier encoding.
local function begin(state, seq, entered, attempt, worker, elapsed)
  if state ~= 'queued' then return seq end
  seq = seq + 1
  event(seq, 'started', math.max(now - elapsed, entered), attempt, worker, watched and '{"worker":"' .. worker .. '"}')
  return seq
end
