-- A run's record: fields and events are gathered with set() and event(), then written and published with save().
-- One table serves every run of the batch; only its first field_count entries count.
-- `head` is what hardly ever changes, "job queue priority max spent"; `state` is what always does, "state seq attempt at place": the
-- numbers of the newest event and attempt, since when it is so in ms, and where the run is: its entry in its queue's stream while it
-- waits or runs, when it is due in ms while it is scheduled, and nothing once it is final. Both are one field each, because what a
-- record costs is its fields: every name and value is copied into Redis, into the append-only file and out of the script again.
local fields, field_count = {}, 0
local live, live_count = {}, 0
local watched = false

-- Both are strings; `text` has those of numbers.
local function set(name, value)
  fields[field_count + 1] = name
  fields[field_count + 2] = value
  field_count = field_count + 2
end

-- Reads the field `state`: state, seq, attempt (text), place ('' for none); nothing where there is no run.
local function standing(told)
  if not told then return nil end
  local state, seq, attempt, place = string.match(told, '^(%a+) (%d+) (%d+) %d+ ?(.*)$')
  return state, tonumber(seq), attempt, place
end

-- Writes the field `state`; attempt and place are strings.
local function stand(state, seq, attempt, place)
  set('state', state .. ' ' .. text[seq] .. ' ' .. attempt .. ' ' .. text[now] .. (place and ' ' .. place or ''))
end

-- Shows an event to those who watch the run, without keeping it in the record.
local function publish(seq, type, at, attempt, data)
  if not watched then return end
  live_count = live_count + 1
  live[live_count] = '{"seq":' .. text[seq] .. ',"type":"' .. type .. '","at":' .. text[at] .. ',"attempt":' .. attempt
    .. ',"data":' .. (data or 'null') .. '}'
end

-- `shown` is what those who watch get instead of `data`, where the record has it in a field already.
local function event(seq, type, at, attempt, data, shown)
  local told = type .. ' ' .. text[at] .. ' ' .. attempt
  if data then told = told .. ' ' .. data end
  set(text[seq], told)
  publish(seq, type, at, attempt, shown or data)
end

-- `mark` is until when somebody watches the run, in ms; nobody does where it is false.
local function watch(mark)
  watched = mark and tonumber(mark) > now
end

local function save(run)
  redis.call('HSET', run, unpack(fields, 1, field_count))
  field_count = 0
  if live_count > 0 then
    -- A run's channel has the name of its key.
    redis.call('SPUBLISH', run, '[' .. table.concat(live, ',', 1, live_count) .. ']')
    live_count = 0
  end
end
