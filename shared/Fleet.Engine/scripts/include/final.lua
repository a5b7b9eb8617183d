-- Runs that became final, gathered with final() and written with save_final(): moved from `active` to the listing of their
-- state, counted, and put at the end of a retention stream, whose entries hold the ids of runs that became final together and
-- may be forgotten together.
local finals = {}

local function final(id, state, seq, attempt, data, shown)
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

-- `sets` has the listing of each state that may occur, `kept` the retention stream of each (or of 'otherwise').
local function save_final(active, sets, kept, retained, stats_prefix)
  local ids, ended = {}, {}
  for state, members in pairs(finals) do
    redis.call('ZADD', sets[state], unpack(members))
    local stream = kept[state] or kept.otherwise
    local list = ids[stream] or {}
    for i = 2, #members, 2 do
      list[#list + 1] = members[i]
      ended[#ended + 1] = members[i]
    end
    ids[stream] = list
    if state == 'failed' then count(stats_prefix, 'failed', #members / 2) end
  end
  for stream, list in pairs(ids) do
    redis.call('XADD', stream, '*', 'ids', table.concat(list))
    redis.call('SADD', retained, stream)
  end
  if #ended > 0 then redis.call('ZREM', active, unpack(ended)) end
  count(stats_prefix, 'out', #ended)
end
