import { useMemo } from 'preact/hooks'
import { duration } from '../../lib/time.ts'
import { bars, extent, type Bar } from '../../lib/timeline.ts'
import type { WatchedRun } from '../../server/run-watch.ts'
import { now } from '../../view/clock.ts'
import { runHref } from '../../view/routes.ts'

const names: Record<Bar['kind'], string> = {
  scheduled: 'waits for its time',
  queued: 'waits in the queue',
  running: 'runs',
  backoff: 'waits for its next attempt',
}

const words = (bar: Bar, until: number): string => {
  const who =
    bar.kind === 'running'
      ? `Attempt ${bar.attempt} ${bar.to === undefined ? 'has been running for' : 'ran for'}`
      : `${names[bar.kind]} for`
  const end = bar.kind === 'running' && bar.end ? `, then ${bar.end}` : ''
  return `${who.charAt(0).toUpperCase()}${who.slice(1)} ${duration((bar.to ?? until) - bar.from)}${end}${bar.worker ? ` on ${bar.worker}` : ''}`
}

/** A run's life as a picture: a lane for waiting, and one for each attempt. */
export function Picture({ watched, at }: { watched: WatchedRun; at: number | undefined }) {
  const run = watched.run.value!
  const length = watched.length.value
  const all = useMemo(() => bars(watched.events), [length])
  const [from, to] = extent(run, watched.events, run.finishedAt ? 0 : now.value)
  const attempts = [...new Set(all.filter((bar) => bar.kind === 'running').map((bar) => bar.attempt))]
  const place = (time: number): string => `${((time - from) / (to - from)) * 100}%`
  const lanes = [
    { name: 'Waiting', bars: all.filter((bar) => bar.kind !== 'running') },
    ...attempts
      .slice(-8)
      .map((attempt) => ({ name: `Attempt ${attempt}`, bars: all.filter((bar) => bar.kind === 'running' && bar.attempt === attempt) })),
  ]
  return (
    <div class="picture">
      <ol class="lanes" aria-label="Timeline">
        {lanes.map((lane) => (
          <li key={lane.name}>
            <span class="lane-name">{lane.name}</span>
            <div class="lane">
              {lane.bars.map((bar) => (
                <span
                  key={`${bar.kind}${bar.from}`}
                  class={`bar ${barClass(bar)}${bar.to === undefined && !run.finishedAt ? ' open' : ''}`}
                  title={words(bar, to)}
                  style={{
                    left: `min(${place(bar.from)}, 100% - 3px)`,
                    width: `max(3px, calc(${place(bar.to ?? to)} - ${place(bar.from)}))`,
                  }}
                >
                  <span class="visually-hidden">{words(bar, to)}</span>
                </span>
              ))}
              {at !== undefined && <span class="at" style={{ left: place(at) }} aria-hidden="true" />}
            </div>
          </li>
        ))}
      </ol>
      <div class="scale xs muted" aria-hidden="true">
        <span>0</span>
        <span>{duration((to - from) / 2)}</span>
        <span>{duration(to - from)}</span>
      </div>
      {run.meta.forkedFrom && (
        <p class="small muted">
          Forked from <a href={runHref(run.meta.forkedFrom)}>{run.meta.forkedFrom}</a>
        </p>
      )}
    </div>
  )
}

const barClass = (bar: Bar): string => {
  if (bar.kind !== 'running') return bar.kind === 'queued' ? 'queued' : bar.kind === 'backoff' ? 'backoff' : 'scheduled'
  if (bar.end === undefined) return 'running'
  return bar.end === 'succeeded' ? 'succeeded' : bar.end === 'failed' || bar.end === 'retrying' ? 'failed' : 'cancelled'
}
