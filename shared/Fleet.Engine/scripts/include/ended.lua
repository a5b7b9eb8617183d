-- When a final run became so, in ms; `told` is the field `state`.
local function ended_at(told)
  return tonumber(string.match(told, '^%a+ %d+ %d+ (%d+)'))
end

local function is_final(state)
  return state ~= 'scheduled' and state ~= 'queued' and state ~= 'running'
end
