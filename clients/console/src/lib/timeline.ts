import type { Run, RunError, RunEvent, RunProgress, RunState } from '../server/wire.ts'

/** What a run did for a stretch of time. */
export interface Bar {
  kind: 'scheduled' | 'queued' | 'running' | 'backoff'
  from: number
  /** Undefined while it goes on. */
  to?: number
  attempt: number
  /** How it ended; undefined while it goes on. */
  end?: string
  worker?: string
}

/** A run's lifecycle events as stretches, in order. Log and progress events add nothing to the picture. */
export function bars(events: Iterable<RunEvent>): Bar[] {
  const all: Bar[] = []
  let open: Bar | undefined
  const close = (at: number, end: string): void => {
    if (!open) return
    open.to = at
    open.end = end
    open = undefined
  }
  const begin = (bar: Bar): void => {
    open = bar
    all.push(bar)
  }
  for (const event of events) {
    const at = Date.parse(event.at)
    switch (event.type) {
      case 'scheduled':
        close(at, 'scheduled')
        begin({ kind: 'scheduled', from: at, attempt: event.attempt })
        break
      case 'queued':
      case 'released':
      case 'recovered':
        close(at, event.type)
        begin({ kind: 'queued', from: at, attempt: event.attempt })
        break
      case 'started':
        close(at, 'started')
        begin({ kind: 'running', from: at, attempt: event.attempt, worker: text(event, 'worker') })
        break
      case 'retrying':
        close(at, 'retrying')
        begin({ kind: 'backoff', from: at, attempt: event.attempt })
        break
      case 'log':
      case 'progress':
        break
      default:
        close(at, event.type)
    }
  }
  return all
}

const text = (event: RunEvent, name: string): string | undefined => {
  const value = (event.data as Record<string, unknown> | null)?.[name]
  return typeof value === 'string' ? value : undefined
}

/** A run as its timeline has it at some moment. */
export interface Moment {
  state: RunState
  attempt: number
  worker?: string
  progress?: RunProgress
  error?: RunError
  output?: unknown
  dueAt?: string
  startedAt?: string
  finishedAt?: string
  /** How many events had happened. */
  events: number
}

const stateOf: Partial<Record<RunEvent['type'], RunState>> = {
  scheduled: 'scheduled',
  queued: 'queued',
  started: 'running',
  retrying: 'scheduled',
  released: 'queued',
  recovered: 'queued',
  succeeded: 'succeeded',
  failed: 'failed',
  cancelled: 'cancelled',
  expired: 'expired',
  skipped: 'skipped',
}

/** The run as it was after the first <c>count</c> events. */
export function momentAfter(events: readonly RunEvent[], count: number): Moment {
  const at: Moment = { state: 'queued', attempt: 0, events: count }
  for (let i = 0; i < count; i++) take(at, events[i]!)
  return at
}

function take(at: Moment, event: RunEvent): void {
  const data = (event.data ?? {}) as Record<string, unknown>
  at.attempt = Math.max(event.attempt, 0)
  const state = stateOf[event.type]
  if (state) at.state = state
  switch (event.type) {
    case 'started':
      Object.assign(at, {
        worker: text(event, 'worker'),
        startedAt: event.at,
        finishedAt: undefined,
        progress: undefined,
        dueAt: undefined,
      })
      break
    case 'progress':
      at.progress = { value: Number(data.value ?? 0), message: typeof data.message === 'string' ? data.message : null }
      break
    case 'scheduled':
    case 'retrying':
      at.dueAt = typeof data.dueAt === 'string' ? data.dueAt : undefined
      if (data.error) at.error = data.error as RunError
      break
    case 'queued':
      Object.assign(at, { finishedAt: undefined, dueAt: undefined, output: undefined })
      break
    case 'succeeded':
      Object.assign(at, { output: data.output, error: undefined, finishedAt: event.at })
      break
    case 'failed':
      Object.assign(at, { error: data.error, finishedAt: event.at })
      break
    case 'cancelled':
    case 'expired':
    case 'skipped':
      at.finishedAt = event.at
      break
  }
}

/** How many of the events, which are in order, had happened by a moment. */
export function eventsBy(events: readonly RunEvent[], at: number): number {
  let low = 0
  let high = events.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (Date.parse(events[middle]!.at) <= at) low = middle + 1
    else high = middle
  }
  return low
}

/** From when to when a run's picture goes; one that is not final goes on until now. */
export function extent(run: Run, events: readonly RunEvent[], now: number): [number, number] {
  const from = events.length > 0 ? Date.parse(events[0]!.at) : Date.parse(run.createdAt)
  const last = events.length > 0 ? Date.parse(events[events.length - 1]!.at) : from
  const to = run.finishedAt ? Math.max(Date.parse(run.finishedAt), last) : Math.max(now, last)
  return [from, Math.max(to, from + 1)]
}
