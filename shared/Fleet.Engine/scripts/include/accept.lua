-- Runs that come into being, gathered with accept() and written with save_accepted(): each is stored whole, with its place in
-- a queue or, where it is due later, in `due`, and where it may expire, in `expiring`.
local accepted, deadlines = {}, {}

-- All arguments are strings but `at`, which is in ms; a run whose time has come is queued at once.
local function accept(run, stream, job, queue, priority, max, at, input, options)
  local id = string.sub(run, -26)
  set('job', job)
  set('queue', queue)
  set('pri', priority)
  set('max', max)
  set('input', input)
  if options ~= '' then
    set('options', options)
    local deadline = string.match(options, '"expiresAt":(%d+)')
    if deadline then
      deadlines[#deadlines + 1] = deadline
      deadlines[#deadlines + 1] = id
    end
  end
  set('attempt', '0')
  set('seq', '1')

  local state = 'queued'
  if at > now then
    state = 'scheduled'
    set('due', text[at])
    event(1, 'scheduled', now, '0', '{"dueAt":' .. text[at] .. '}')
    postpone(id, at)
  else
    set('entry', enter(stream, id, job, '1', max, input, options))
    event(1, 'queued', now, '0')
  end
  set('state', state)
  save(run)

  accepted[#accepted + 1] = '0'
  accepted[#accepted + 1] = id
  announce(id, state, 1, '0', label_of(job, queue, priority, options))
end

local function save_accepted(active, expiring, sweep, stats_prefix)
  if #accepted == 0 then return end
  save_times(expiring, deadlines, sweep)
  redis.call('ZADD', active, unpack(accepted))
  count(stats_prefix, 'in', #accepted / 2)
end
