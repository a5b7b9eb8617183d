#!lua
-- Does groups of writes for as long as the caller holds the lease, which it thereby renews; each group is done whole or left out. A group
-- about a run is left out while a dashboard changes that run, or has changed it and the caller does not know; one about a schedule likewise.
-- KEYS: lease
-- ARGV: holder, time (ms), prefix; then for each group: guard ('', 'run:<id>' or 'schedule:<name>'), seen (how many states the history of a run had
--   when the caller saw that a dashboard had changed it; '' for never), how many commands, and for each of these how many words, and the words.
--   The command KEEP is not Redis's: it replaces a queue's list by the given ids and leaves in it what is no run of Fleet's.
-- Reply: false when the lease is another's, otherwise the guards of the groups that were left out
local lease = KEYS[1]
local holder, time, prefix = ARGV[1], ARGV[2], ARGV[3]

if redis.call('GET', lease) ~= holder then return false end
redis.call('PEXPIRE', lease, time)

local RUN_LENGTH, CHUNK = 26, 1000

local function keep(list, ids)
  local others = {}
  for _, id in ipairs(redis.call('LRANGE', list, 0, -1)) do
    if #id ~= RUN_LENGTH then others[#others + 1] = id end
  end
  redis.call('DEL', list)
  for i = 1, #ids, CHUNK do redis.call('RPUSH', list, unpack(ids, i, math.min(i + CHUNK - 1, #ids))) end
  if #others > 0 then redis.call('RPUSH', list, unpack(others)) end
end

local function is_free(guard, seen)
  local kind, name = string.match(guard, '^(%a+):(.+)$')
  if kind == 'run' then
    local job = prefix .. 'job:' .. name
    if redis.call('EXISTS', job .. ':state-lock') == 1 then return false end
    local mark = redis.call('HMGET', job .. ':state', 'State', 'Seq')
    -- A state without the number of its event was written by a dashboard.
    return not mark[1] or mark[2] or (seen ~= '' and redis.call('LLEN', job .. ':history') == tonumber(seen))
  elseif kind == 'schedule' then
    if redis.call('EXISTS', prefix .. 'lock:recurring-job:' .. name) == 1 then return false end
    if redis.call('HEXISTS', prefix .. 'fleet:schedules', name) == 0 then return true end
    return redis.call('EXISTS', prefix .. 'recurring-job:' .. name) == 1 or redis.call('ZSCORE', prefix .. 'recurring-jobs', name)
  end
  return true
end

local left_out, at = {}, 4
while at <= #ARGV do
  local guard, seen, commands = ARGV[at], ARGV[at + 1], tonumber(ARGV[at + 2])
  at = at + 3
  local free = is_free(guard, seen)
  if not free then left_out[#left_out + 1] = guard end
  for _ = 1, commands do
    local words = tonumber(ARGV[at])
    if free then
      if ARGV[at + 1] == 'KEEP' then
        local ids = {}
        for i = at + 3, at + words do ids[#ids + 1] = ARGV[i] end
        keep(ARGV[at + 2], ids)
      else
        redis.call(unpack(ARGV, at + 1, at + words))
      end
    end
    at = at + 1 + words
  end
end
return left_out
