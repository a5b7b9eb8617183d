-- Runs that became final, gathered with final() and written with save_final(): moved from `active` to the listing of their
-- state, counted, and put at the end of a retention stream, whose entries hold the ids of runs that became final together and
-- may be forgotten together.
local finals, keeps = {}, {}

-- For how long a run is kept, where its job says so: "seconds when it succeeded, seconds otherwise"; '' where it does not.
local function keep_of(options)
  return options and options ~= '' and cjson.decode(options).keep or ''
end

local function final(id, state, seq, attempt, keep, data, shown)
  if keep ~= '' then
    local succeeded, otherwise = string.match(keep, '^(%d+).(%d+)$')
    keeps[id] = state == 'succeeded' and succeeded or otherwise
  end
  local of_state = finals[state]
  if not of_state then
    of_state = {}
    finals[state] = of_state
  end
  of_state[#of_state + 1] = '0'
  of_state[#of_state + 1] = id
  event(seq + 1, state, now, attempt, data, shown)
  return seq + 1
end

-- `sets` has the listing of each state that may occur, `kept` the retention stream of each (or of 'otherwise'), whose name ends
-- with how many seconds that is.
local function save_final(active, sets, kept, retained, stats_prefix)
  local ids, ended = {}, {}
  local kept_prefix = string.match(kept.otherwise, '^(.*:)%d+$')
  for state, members in pairs(finals) do
    redis.call('ZADD', sets[state], unpack(members))
    local usual = kept[state] or kept.otherwise
    for i = 2, #members, 2 do
      local id = members[i]
      local stream = keeps[id] and kept_prefix .. keeps[id] or usual
      local list = ids[stream]
      if not list then
        list = {}
        ids[stream] = list
      end
      list[#list + 1] = id
      ended[#ended + 1] = id
    end
    if state == 'failed' then count(stats_prefix, 'failed', #members / 2) end
  end
  for stream, list in pairs(ids) do
    redis.call('XADD', stream, '*', 'ids', table.concat(list))
    redis.call('SADD', retained, stream)
  end
  if #ended > 0 then redis.call('ZREM', active, unpack(ended)) end
  count(stats_prefix, 'out', #ended)
end
