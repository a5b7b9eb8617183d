-- The feed: one entry and one message a batch, whatever its size.
-- `label` is the part of an item that never changes: "job","queue",priority,[tags].
local items = {}

local function announce(id, state, seq, attempt, worker, label)
  items[#items + 1] = '["' .. id .. '","' .. state .. '",' .. seq .. ',' .. attempt .. ',' .. now
    .. ',"' .. worker .. '",' .. label .. ']'
end

local function label_of(job, queue, priority, options)
  local tags = '[]'
  if options and options ~= '' then
    local list = cjson.decode(options).tags
    if list then tags = cjson.encode(list) end
  end
  return '"' .. job .. '","' .. queue .. '",' .. priority .. ',' .. tags
end

local function send_feed(events, feed, limit)
  if #items == 0 then return end
  local batch = '[' .. table.concat(items, ',') .. ']'
  redis.call('XADD', events, 'MAXLEN', '~', limit, '*', 'batch', batch)
  redis.call('SPUBLISH', feed, batch)
end
