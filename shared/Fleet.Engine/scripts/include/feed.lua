-- The feed: one entry and one message a batch, whatever its size.
-- A batch is {"at":ms,"worker":"…","runs":[[id, state, seq, attempt, label …] …]}; time and worker are the same for all of it.
-- `label` is the part of an item that never changes: "job","queue",priority and, where there are some, an array of tags.
local items = {}

local function announce(id, state, seq, attempt, label)
  items[#items + 1] = '["' .. id .. '","' .. state .. '",' .. text[seq] .. ',' .. attempt .. ',' .. label .. ']'
end

-- The runs of a batch mostly have the same head, so each is taken apart once a call.
local labels = {}

local function label_of(head, options)
  local label = labels[head]
  if not label then
    local job, queue, priority = string.match(head, '^(%S+) (%S+) (%d)')
    label = '"' .. job .. '","' .. queue .. '",' .. priority
    labels[head] = label
  end
  if options and options ~= '' then
    local tags = cjson.decode(options).tags
    -- An empty array would become an object.
    if tags and #tags > 0 then label = label .. ',' .. cjson.encode(tags) end
  end
  return label
end

local function send_feed(events, feed, limit, worker)
  if #items == 0 then return end
  local batch = '{"at":' .. text[now] .. ',"worker":"' .. worker .. '","runs":[' .. table.concat(items, ',') .. ']}'
  redis.call('XADD', events, 'MAXLEN', '~', limit, '*', 'batch', batch)
  redis.call('SPUBLISH', feed, batch)
end
