#!lua flags=allow-oom
-- Finds the runs that match, among the next ones of a listing or among those named; changes nothing.
-- KEYS: listing; each: run (where there are any, these are looked at and not the listing)
-- ARGV: run prefix, from (where in the listing to begin, as ZRANGEBYLEX has it), to (where to end), most (runs to look at),
--   by (ms since 1970; runs that were created or became final after this do not match), states (names, each between commas),
--   job ('' lets everything through, as in what follows), queue, tag, schedule
-- Reply: the last id of the listing that was looked at ('' at its end), then the ids of those that match
--@include ended
local listing = KEYS[1]
local run_prefix, from, to, most, by = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4]), tonumber(ARGV[5])
local states, job, queue, tag, schedule = ARGV[6], ARGV[7], ARGV[8], ARGV[9], ARGV[10]

local function has(list, wanted)
  for _, item in ipairs(list or {}) do
    if item == wanted then return true end
  end
  return false
end

local function matches(run)
  local r = redis.call('HMGET', run, 'state', 'head', 'options', '1')
  local state, options = r[1] and string.match(r[1], '^%a+'), r[3]
  if not state or not string.find(states, ',' .. state .. ',', 1, true) then return false end
  local of_job, of_queue = string.match(r[2], '^(%S+) (%S+)')
  if (job ~= '' and of_job ~= job) or (queue ~= '' and of_queue ~= queue) then return false end
  if tag ~= '' or schedule ~= '' then
    if not options or options == '' then return false end
    local known = cjson.decode(options)
    if tag ~= '' and not has(known.tags, tag) then return false end
    if schedule ~= '' and known.schedule ~= schedule then return false end
  end
  if tonumber(string.match(r[4], '^%a+ (%d+)')) > by then return false end
  return not is_final(state) or ended_at(r[1]) <= by
end

local ids, reply = {}, { '' }
if #KEYS > 1 then
  for i = 2, #KEYS do ids[i - 1] = string.sub(KEYS[i], -26) end
else
  ids = redis.call('ZRANGEBYLEX', listing, from, to, 'LIMIT', 0, most)
  if #ids == most then reply[1] = ids[#ids] end
end
for _, id in ipairs(ids) do
  if matches(run_prefix .. id) then reply[#reply + 1] = id end
end
return reply
