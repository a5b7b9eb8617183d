-- Redis's own clock is the only one that is written down.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

-- Lua formats a number as a fraction, which costs more than a lookup in a hash. So each number is formatted once a call, and
-- what comes as text stays text.
local text = setmetatable({}, {
  __index = function(known, number)
    local formatted = string.format('%.0f', number)
    known[number] = formatted
    return formatted
  end
})
