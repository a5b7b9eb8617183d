-- Runs that come into being, gathered with accept() and written with save_accepted(): each is stored whole, with its place in
-- a queue or, where it is due later, in `due`, and where it may expire, in `expiring`.
local accepted, deadlines = {}, {}

-- All arguments are strings but `at`, which is in ms; a run whose time has come is queued at once.
local function accept(run, queue_prefix, head, at, input, options)
  local id = string.sub(run, -26)
  set('head', head)
  set('input', input)
  if options ~= '' then
    set('options', options)
    local deadline = string.match(options, '"expiresAt":(%d+)')
    if deadline then
      deadlines[#deadlines + 1] = deadline
      deadlines[#deadlines + 1] = id
    end
  end

  local state = 'queued'
  if at > now then
    state = 'scheduled'
    event(1, 'scheduled', now, '0', '{"dueAt":' .. text[at] .. '}')
    stand(state, 1, '0', text[at])
    postpone(id, at)
  else
    event(1, 'queued', now, '0')
    stand(state, 1, '0', enter(stream_of(queue_prefix, head), id, '1', head, options, input))
  end
  save(run)

  accepted[#accepted + 1] = '0'
  accepted[#accepted + 1] = id
  announce(id, state, 1, '0', label_of(head, options))
end

local function save_accepted(active, expiring, sweep, stats_prefix)
  if #accepted == 0 then return end
  save_times(expiring, deadlines, sweep)
  redis.call('ZADD', active, unpack(accepted))
  count(stats_prefix, 'in', #accepted / 2)
end
