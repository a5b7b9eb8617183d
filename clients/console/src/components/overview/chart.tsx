import { useState } from 'preact/hooks'
import { plural, rate } from '../../lib/numbers.ts'
import { localTime } from '../../lib/time.ts'
import type { StatsMinute } from '../../server/wire.ts'

const width = 720
const height = 180
const pad = { top: 10, bottom: 22, left: 44, right: 6 }
const series = [
  { key: 'in', name: 'In', className: 'line-in' },
  { key: 'out', name: 'Out', className: 'line-out' },
  { key: 'failed', name: 'Failed', className: 'line-failed' },
] as const

/** Runs a second of the last hour, minute by minute; what a minute had, one sees by pointing at it or with the arrow keys. */
export function RateChart({ minutes }: { minutes: readonly StatsMinute[] | undefined }) {
  const [hover, setHover] = useState<number | undefined>(undefined)
  // The last minute is not over: what it will have cannot be told from what it has.
  const points = (minutes ?? []).slice(0, -1)
  const peak = nice(Math.max(0, ...points.flatMap((minute) => series.map(({ key }) => minute[key] / 60))))
  const x = (index: number): number => pad.left + (index / Math.max(1, points.length - 1)) * (width - pad.left - pad.right)
  const y = (value: number): number => height - pad.bottom - (value / peak) * (height - pad.top - pad.bottom)
  const line = (key: 'in' | 'out' | 'failed'): string =>
    points.map((minute, index) => `${index === 0 ? 'M' : 'L'}${x(index).toFixed(1)} ${y(minute[key] / 60).toFixed(1)}`).join('')
  const shown = hover === undefined ? undefined : points[hover]

  const point = (event: PointerEvent): void => {
    const box = (event.currentTarget as Element).getBoundingClientRect()
    const at = ((event.clientX - box.left) / box.width) * width
    setHover(clamp(Math.round(((at - pad.left) / (width - pad.left - pad.right)) * (points.length - 1)), points.length))
  }
  const walk = (event: KeyboardEvent): void => {
    const by = event.key === 'ArrowLeft' ? -1 : event.key === 'ArrowRight' ? 1 : 0
    if (by === 0) return
    event.preventDefault()
    setHover(clamp((hover ?? points.length - 1) + by, points.length))
  }
  const total = (key: 'in' | 'out' | 'failed'): number => points.reduce((sum, minute) => sum + minute[key], 0)
  // A line along the bottom in the colour of failures would look like some.
  const drawn = series.filter(({ key }) => key !== 'failed' || total('failed') > 0)
  return (
    <figure class="chart">
      <figcaption class="row between wrap">
        <h2>Runs a second, last hour</h2>
        <span class="legend small" aria-hidden="true">
          {series.map(({ key, name, className }) => (
            <span key={key}>
              <i class={className} /> {name} {shown && <b>{rate(shown[key] / 60)}</b>}
            </span>
          ))}
        </span>
      </figcaption>
      <div
        class="plot"
        role="slider"
        tabIndex={0}
        aria-label={`Runs a second in the last hour: ${plural(total('in'), 'run')} in, ${total('out')} out, ${total('failed')} failed. Arrow keys walk through the minutes`}
        aria-valuemin={0}
        aria-valuemax={Math.max(0, points.length - 1)}
        aria-valuenow={hover ?? Math.max(0, points.length - 1)}
        aria-valuetext={
          shown
            ? `${localTime(Date.parse(shown.at), Date.now())}: ${series.map(({ key, name }) => `${name} ${rate(shown[key] / 60)} a second`).join(', ')}`
            : 'The last hour'
        }
        onPointerMove={point}
        onPointerLeave={() => setHover(undefined)}
        onKeyDown={walk}
        onBlur={() => setHover(undefined)}
      >
        <svg viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" aria-hidden="true">
          {[0, 0.5, 1].map((part) => (
            <line key={part} class="gridline" x1={pad.left} x2={width - pad.right} y1={y(peak * part)} y2={y(peak * part)} />
          ))}
          {points.length > 1 && (
            <>
              <path class="area-out" d={`${line('out')}L${x(points.length - 1)} ${y(0)}L${x(0)} ${y(0)}Z`} />
              {drawn.map(({ key, className }) => (
                <path key={key} class={`line ${className}`} d={line(key)} vector-effect="non-scaling-stroke" />
              ))}
            </>
          )}
          {hover !== undefined && (
            <line class="crosshair" x1={x(hover)} x2={x(hover)} y1={pad.top} y2={height - pad.bottom} vector-effect="non-scaling-stroke" />
          )}
        </svg>
        <span class="axis xs" style={{ top: `${(y(peak) / height) * 100}%` }}>
          {rate(peak)}
        </span>
        <span class="axis xs" style={{ top: `${(y(peak / 2) / height) * 100}%` }}>
          {rate(peak / 2)}
        </span>
        <span class="axis xs" style={{ top: `${(y(0) / height) * 100}%` }}>
          0
        </span>
        <span class="tick xs" style={{ left: `${(pad.left / width) * 100}%` }}>
          {points[0] && localTime(Date.parse(points[0].at), Date.now()).slice(0, 5)}
        </span>
        <span class="tick end xs">{shown ? localTime(Date.parse(shown.at), Date.now()).slice(0, 5) : 'now'}</span>
      </div>
    </figure>
  )
}

const clamp = (index: number, length: number): number => Math.max(0, Math.min(length - 1, index))

/** The next number that reads well on an axis. */
export function nice(value: number): number {
  if (value <= 0) return 1
  const power = 10 ** Math.floor(Math.log10(value))
  for (const step of [1, 2, 5, 10]) if (value <= step * power) return step * power
  return value
}
