-- Runs that come into being, gathered with accept() and written with save_accepted(): each is stored whole, with its place in
-- a queue or, where it is due later, in `due`, and where it may expire, in `expiring`.
local accepted, deadlines = {}, {}

-- What runs with the same head and options have in common.
local function kind_of(queue_prefix, head, options)
  return {
    head = head,
    options = options,
    deadline = options ~= '' and string.match(options, '"expiresAt":(%d+)'),
    stream = stream_of(queue_prefix, head),
    label = label_of(head, options)
  }
end

-- `at` is in ms, `input` JSON; a run whose time has come is queued at once.
local function accept(run, kind, at, input)
  local id = string.sub(run, -26)
  set('head', kind.head)
  set('input', input)
  if kind.options ~= '' then set('options', kind.options) end
  if kind.deadline then
    deadlines[#deadlines + 1] = kind.deadline
    deadlines[#deadlines + 1] = id
  end

  local state = 'queued'
  if at > now then
    state = 'scheduled'
    event(1, 'scheduled', now, '0', '{"dueAt":' .. text[at] .. '}')
    stand(state, 1, '0', text[at])
    postpone(id, at)
  else
    event(1, 'queued', now, '0')
    stand(state, 1, '0', enter(kind.stream, id, '1', kind.head, kind.options, input))
  end
  save(run)

  accepted[#accepted + 1] = '0'
  accepted[#accepted + 1] = id
  announce(id, state, 1, '0', kind.label)
end

local function save_accepted(active, expiring, sweep, stats_prefix)
  if #accepted == 0 then return end
  save_times(expiring, deadlines, sweep)
  redis.call('ZADD', active, unpack(accepted))
  count(stats_prefix, 'in', #accepted / 2)
end
