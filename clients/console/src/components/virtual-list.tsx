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

/** Renders of many rows only those in sight; all have the same height. */
export function VirtualList(props: Props) {
  const { count, rowHeight, render, keyAt } = props
  const scroller = useRef<HTMLDivElement>(null)
  const anchor = useRef<{ key: string | number; index: number } | undefined>(undefined)
  const [view, setView] = useState({ top: 0, height: 800 })

  useEffect(() => {
    const element = scroller.current!
    const observer = new ResizeObserver(() => setView((before) => ({ ...before, height: element.clientHeight })))
    observer.observe(element)
    return () => observer.disconnect()
  }, [])

  useLayoutEffect(() => {
    const element = scroller.current!
    if (props.follow) {
      element.scrollTop = element.scrollHeight
      return
    }
    const held = anchor.current
    if (!held || element.scrollTop === 0) return
    // Rows that came above push down what is read: the scroll position follows.
    const found = find(held, count, keyAt)
    if (found !== undefined && found !== held.index) {
      element.scrollTop += (found - held.index) * rowHeight
      held.index = found
    }
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
    const first = Math.floor(element.scrollTop / rowHeight)
    anchor.current = first < count ? { key: keyAt(first), index: first } : undefined
    setView({ top: element.scrollTop, height: element.clientHeight })
    const fromEnd = element.scrollHeight - element.scrollTop - element.clientHeight
    props.onScroll?.(fromEnd)
    if (fromEnd < rowHeight * 30) props.onEnd?.()
  }

  const first = Math.max(0, Math.floor(view.top / rowHeight) - overscan)
  const last = Math.min(count, Math.ceil((view.top + view.height) / rowHeight) + overscan)
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
