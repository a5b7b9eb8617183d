import type { Signal } from '@preact/signals'
import { duration } from '../../lib/time.ts'
import { extent } from '../../lib/timeline.ts'
import type { WatchedRun } from '../../server/run-watch.ts'
import { now } from '../../view/clock.ts'
import { Button } from '../button.tsx'
import { Time } from '../time.tsx'

/** Moves through the run's timeline; at its right end the page is live. */
export function Slider({ watched, at }: { watched: WatchedRun; at: Signal<number | undefined> }) {
  const run = watched.run.value!
  watched.length.value
  const [from, to] = extent(run, watched.events, run.finishedAt ? 0 : now.value)
  const value = at.value ?? to
  return (
    <div class="slider">
      <input
        type="range"
        min={from}
        max={to}
        step={Math.max(1, Math.floor((to - from) / 1000))}
        value={value}
        aria-label="Moment of the timeline that is shown"
        aria-valuetext={at.value === undefined ? (run.finishedAt ? 'its end' : 'now') : `${duration(value - from)} after its beginning`}
        onInput={(event) => {
          const moment = Number(event.currentTarget.value)
          at.value = moment >= to - Math.max(1, (to - from) / 1000) ? undefined : moment
        }}
      />
      {at.value === undefined ? (
        <span class="small muted">{run.finishedAt ? 'As it ended' : 'Live'}</span>
      ) : (
        <span class="row small">
          <span>
            As it was at <Time at={at.value} /> (+{duration(at.value - from)})
          </span>
          <Button small onClick={() => (at.value = undefined)}>
            Back to {run.finishedAt ? 'the end' : 'now'}
          </Button>
        </span>
      )}
    </div>
  )
}
