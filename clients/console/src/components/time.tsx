import { ago, duration, localTime, timeHint } from '../lib/time.ts'
import { now } from '../view/clock.ts'

const moment = (at: string | number): number => (typeof at === 'number' ? at : Date.parse(at))

/** A moment in the reader's time; UTC and how long ago on hover. */
export function Time({ at, relative }: { at: string | number | null | undefined; relative?: boolean }) {
  if (at === null || at === undefined) return <span class="muted">–</span>
  const ms = moment(at)
  return (
    <time dateTime={new Date(ms).toISOString()} title={timeHint(ms, Date.now())}>
      {relative ? ago(ms, now.value) : localTime(ms, now.value)}
    </time>
  )
}

/** How long it took, or has been going on: then it ticks. */
export function Elapsed({ from, to }: { from: string | number | null | undefined; to?: string | number | null }) {
  if (from === null || from === undefined) return <span class="muted">–</span>
  const end = to === null || to === undefined ? now.value : moment(to)
  return <span>{duration(Math.max(0, end - moment(from)))}</span>
}
