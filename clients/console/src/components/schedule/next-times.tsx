import { ago, localTime, timeHint } from '../../lib/time.ts'
import { now } from '../../view/clock.ts'

const day = new Intl.DateTimeFormat(undefined, { weekday: 'short', day: 'numeric', month: 'short' })

/** The next times at which a schedule ticks, in the reader's zone. */
export function NextTimes({ times }: { times: readonly string[] }) {
  if (times.length === 0) return <p class="muted small">It does not tick any more: its end is before its next time.</p>
  return (
    <ol class="times small" aria-label="The next times">
      {times.map((time) => {
        const at = Date.parse(time)
        return (
          <li key={time}>
            <time dateTime={time} title={timeHint(at, now.value)}>
              {day.format(at)}, {localTime(at, at)}
            </time>
            <span class="muted">{ago(at, now.value)}</span>
          </li>
        )
      })}
    </ol>
  )
}
