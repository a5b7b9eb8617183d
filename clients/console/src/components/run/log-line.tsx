import { ansi } from '../../lib/ansi.ts'

interface Props {
  line: string
  number: number
  stream: string | undefined
  top: number
  time: string
  found: boolean
}

/** One line that a handler wrote, in its colours. */
export function LogLine({ line, number, stream, top, time, found }: Props) {
  return (
    <div
      class={`log-line${stream === 'stderr' || stream === 'err' ? ' err' : ''}${found ? ' found' : ''}`}
      style={{ transform: `translateY(${top}px)` }}
      title={time}
    >
      <span class="log-number" aria-hidden="true">
        {number}
      </span>
      <span class="log-text">
        {ansi(line).map((span, index) =>
          span.className || span.color || span.background ? (
            <span key={index} class={span.className} style={{ color: span.color, background: span.background }}>
              {span.text}
            </span>
          ) : (
            span.text
          ),
        )}
      </span>
    </div>
  )
}
