import type { ComponentChildren } from 'preact'
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'

interface Props {
  count: number
  rowHeight: number
  /** The row at a place; it positions itself with what it is given. */
  render: (index: number, top: number) => ComponentChildren
  /** What stands at a place, so that rows in sight stay where they are when others come above. */
  keyAt: (index: number) => string | number
  label: string
  role?: 'rowgroup' | 'log'
  class?: string
  /** Told when the end comes near. */
  onEnd?: () => void
  /** Told of each scroll by the reader, with how far the end is away. */
  onScroll?: (fromEnd: number) => void
  /** The place to bring in sight, once for each key. */
  reveal?: { index: number; key: string | number }
  /** Whether to stay at the end as rows come. */
  follow?: boolean
}

const overscan = 8

/** Where the reader is: how far down, in how high a window, and which row is the first in sight. */
interface Place {
  top: number
  height: number
  first?: { key: string | number; index: number }
}

/** Renders of many rows only those in sight; all have the same height. */
export function VirtualList(props: Props) {
  const { count, rowHeight, render, keyAt } = props
  const scroller = useRef<HTMLDivElement>(null)
  const place = useRef<Place>({ top: 0, height: 800 }).current
  const [, setMoves] = useState(0)

  // Rows that came above push down what is read. The place moves along before anything is rendered, so that the rows in sight stay what
  // they are: rendering first and scrolling then would make others of them, and then them again.
  const pushed = props.follow || place.top === 0 ? 0 : rowsAbove(place, count, keyAt) * rowHeight
  if (pushed !== 0) place.top = scroller.current!.scrollTop + pushed

  /** Notes where the reader is, and renders what is there unless it is what was rendered. */
  const look = ({ scrollTop, clientHeight }: HTMLElement): void => {
    const hasMoved = scrollTop !== place.top || clientHeight !== place.height
    place.top = scrollTop
    place.height = clientHeight
    if (hasMoved) setMoves((moves) => moves + 1)
  }

  useEffect(() => {
    const element = scroller.current!
    const observer = new ResizeObserver(() => look(element))
    observer.observe(element)
    return () => observer.disconnect()
  }, [])

  useLayoutEffect(() => {
    const element = scroller.current!
    if (props.follow) element.scrollTop = element.scrollHeight
    else if (pushed !== 0) element.scrollTop = place.top
  })

  useLayoutEffect(() => {
    const element = scroller.current!
    if (props.reveal === undefined) return
    const top = props.reveal.index * rowHeight
    if (top < element.scrollTop) element.scrollTop = top
    else if (top + rowHeight > element.scrollTop + element.clientHeight) element.scrollTop = top + rowHeight - element.clientHeight
  }, [props.reveal?.key])

  const scrolled = (): void => {
    const element = scroller.current!
    look(element)
    const first = Math.floor(place.top / rowHeight)
    place.first = first < count ? { key: keyAt(first), index: first } : undefined
    const fromEnd = element.scrollHeight - place.top - place.height
    props.onScroll?.(fromEnd)
    if (fromEnd < rowHeight * 30) props.onEnd?.()
  }

  const first = Math.max(0, Math.floor(place.top / rowHeight) - overscan)
  const last = Math.min(count, Math.ceil((place.top + place.height) / rowHeight) + overscan)
  const rows: ComponentChildren[] = []
  for (let index = first; index < last; index++) rows.push(render(index, index * rowHeight))

  return (
    <div
      class={`grid-scroll ${props.class ?? ''}`}
      ref={scroller}
      onScroll={scrolled}
      role={props.role ?? 'rowgroup'}
      aria-label={props.label}
      tabIndex={0}
    >
      <div class="grid-space" role="presentation" style={{ height: `${count * rowHeight}px` }}>
        {rows}
      </div>
    </div>
  )
}

/** By how many rows the first in sight has moved down since it was noted; notes where it is now. */
function rowsAbove({ first }: Place, count: number, keyAt: Props['keyAt']): number {
  const now = first && find(first, count, keyAt)
  if (now === undefined) return 0
  const rows = now - first!.index
  first!.index = now
  return rows
}

/** Where a key went: it is looked for near where it was, as one change moves it by the few rows that came. */
function find(held: { key: string | number; index: number }, count: number, keyAt: (index: number) => string | number): number | undefined {
  for (let away = 0; away < count; away++) {
    const after = held.index + away
    if (after < count && keyAt(after) === held.key) return after
    const before = held.index - away
    if (away > 0 && before >= 0 && before < count && keyAt(before) === held.key) return before
    if (after >= count && before < 0) return undefined
  }
  return undefined
}
