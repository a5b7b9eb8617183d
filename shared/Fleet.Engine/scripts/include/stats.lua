-- Counters: by the minute for the charts, kept a day; by the second for the rates, kept twenty.
-- The key's name depends on Redis's clock, so it is made here, from the prefix that the caller gives.
local function count(prefix, name, n)
  if n == 0 then return end
  local second = prefix .. 's:' .. text[math.floor(now / 1000)]
  if redis.call('HINCRBY', second, name, n) == n then redis.call('PEXPIRE', second, 20000) end
  local minute = prefix .. text[math.floor(now / 60000)]
  if redis.call('HINCRBY', minute, name, n) == n then redis.call('PEXPIRE', minute, 90000000) end
end

-- Durations fall into buckets a quarter apart: bucket b > 0 holds what takes from 1.25^(b-1) to 1.25^b ms, bucket 0 less than 1 ms.
-- The runs of a batch mostly take the same few ms, so these are counted as they are, and put into buckets once a call.
local durations = {}
local scale = math.log(1.25)

local function measure(name, ms)
  local of_name = durations[name]
  if not of_name then
    of_name = {}
    durations[name] = of_name
  end
  of_name[ms] = (of_name[ms] or 0) + 1
end

local function save_durations(prefix)
  local minute = prefix .. text[math.floor(now / 60000)]
  local buckets, fresh = {}, false
  for name, of_name in pairs(durations) do
    for ms, n in pairs(of_name) do
      local bucket = name .. text[ms < 1 and 0 or math.floor(math.log(ms) / scale) + 1]
      buckets[bucket] = (buckets[bucket] or 0) + n
    end
  end
  for bucket, n in pairs(buckets) do
    if redis.call('HINCRBY', minute, bucket, n) == n then fresh = true end
  end
  if fresh then redis.call('PEXPIRE', minute, 90000000) end
end

-- How the runs of each job end and how long the last attempt took: one counter for each job, state and bucket, in a hash for ten minutes
-- of the day. `ms` is nil where nobody knows it; `label` begins with the job, as the feed's labels do.
local ends = {}

local function tally(label, state, ms)
  local of_state = ends[state]
  if not of_state then
    of_state = {}
    ends[state] = of_state
  end
  local of_label = of_state[label]
  if not of_label then
    of_label = {}
    of_state[label] = of_label
  end
  ms = ms or -1
  of_label[ms] = (of_label[ms] or 0) + 1
end

local function save_tallies(prefix)
  local part = prefix .. 'j:' .. text[math.floor(now / 600000)]
  local counters, fresh = {}, false
  for state, of_state in pairs(ends) do
    for label, of_label in pairs(of_state) do
      local name = string.match(label, '^"([^"]*)"') .. ' ' .. state .. ' '
      for ms, n in pairs(of_label) do
        local counter = name .. (ms < 0 and '-' or text[ms < 1 and 0 or math.floor(math.log(ms) / scale) + 1])
        counters[counter] = (counters[counter] or 0) + n
      end
    end
  end
  for counter, n in pairs(counters) do
    if redis.call('HINCRBY', part, counter, n) == n then fresh = true end
  end
  if fresh then redis.call('PEXPIRE', part, 90000000) end
end
