import { useMemo, useState } from 'preact/hooks'
import { plain } from '../../lib/ansi.ts'
import { count, plural } from '../../lib/numbers.ts'
import { localTime } from '../../lib/time.ts'
import type { WatchedRun } from '../../server/run-watch.ts'
import { Button } from '../button.tsx'
import { VirtualList } from '../virtual-list.tsx'
import { LogLine } from './log-line.tsx'

const lineHeight = 20

/** What the handler wrote, up to the moment that is shown. It follows the end until one scrolls up. */
export function Log({ watched, events, live }: { watched: WatchedRun; events: number; live: boolean }) {
  const [follow, setFollow] = useState(true)
  const [search, setSearch] = useState('')
  const [hit, setHit] = useState(0)
  const total = live ? watched.lines.length : watched.lines.findIndex((line) => line.event >= events)
  const length = total < 0 ? watched.lines.length : total
  const text = (index: number): string => data(watched, index).line
  const hits = useMemo(() => {
    const wanted = search.toLowerCase()
    const found: number[] = []
    if (wanted) for (let index = 0; index < length; index++) if (plain(text(index)).toLowerCase().includes(wanted)) found.push(index)
    return found
  }, [search, length])
  const shown = hits.length > 0 ? hits[Math.min(hit, hits.length - 1)] : undefined
  const isFound = useMemo(() => new Set(hits), [hits])

  const go = (by: number): void => {
    if (hits.length === 0) return
    setFollow(false)
    setHit((hit + by + hits.length) % hits.length)
  }
  return (
    <section class="card log" aria-label="Log">
      <header>
        <h2>Log</h2>
        <span class="muted small">{length > 0 && plural(length, 'line')}</span>
        <div class="actions">
          <input
            class="input"
            type="search"
            placeholder="Search the log"
            aria-label="Search the log"
            value={search}
            onInput={(event) => {
              setSearch(event.currentTarget.value)
              setHit(0)
              if (event.currentTarget.value) setFollow(false)
            }}
            onKeyDown={(event) => event.key === 'Enter' && go(event.shiftKey ? -1 : 1)}
          />
          {search && (
            <span class="small muted" role="status">
              {hits.length === 0 ? 'nowhere' : `${count(Math.min(hit, hits.length - 1) + 1)} of ${count(hits.length)}`}
            </span>
          )}
          <Button
            small
            kind="ghost"
            icon="download"
            label="Download the log"
            disabled={length === 0}
            onClick={() => download(watched, length)}
          />
        </div>
      </header>
      {watched.gap.value && <p class="hint log-gap">The oldest lines are no longer kept (Fleet:Limits:LogEvents).</p>}
      {length === 0 ? (
        <p class="log-empty muted small">
          Nothing was written{live && !watched.run.value?.finishedAt ? ' yet: what the handler logs appears here as it happens' : ''}.
        </p>
      ) : (
        <div class="log-body" style={{ height: `${Math.min(Math.max(length, 4), 24) * lineHeight + 16}px` }}>
          <VirtualList
            count={length}
            rowHeight={lineHeight}
            label="Log lines"
            role="log"
            class="log-scroll"
            follow={follow && live}
            reveal={follow || shown === undefined ? undefined : { index: shown, key: `${search} ${shown}` }}
            keyAt={(index) => watched.lines[index]!.seq}
            onScroll={(fromEnd) => setFollow(fromEnd < 2)}
            render={(index, top) => {
              const { line, stream, at } = data(watched, index)
              return (
                <LogLine
                  key={index}
                  line={line}
                  stream={stream}
                  number={index + 1}
                  top={top}
                  time={localTime(Date.parse(at), Date.now())}
                  found={isFound.has(index)}
                />
              )
            }}
          />
          {!follow && live && (
            <div class="log-follow">
              <Button small icon="down" onClick={() => setFollow(true)}>
                Follow the end
              </Button>
            </div>
          )}
        </div>
      )}
    </section>
  )
}

function data(watched: WatchedRun, index: number): { line: string; stream?: string; at: string } {
  const event = watched.events[watched.lines[index]!.event]!
  const { line, stream } = (event.data ?? {}) as { line?: string; stream?: string }
  return { line: line ?? '', stream, at: event.at }
}

function download(watched: WatchedRun, length: number): void {
  const lines = Array.from({ length }, (_, index) => {
    const { line, at } = data(watched, index)
    return `${at} ${plain(line)}\n`
  })
  const url = URL.createObjectURL(new Blob(lines, { type: 'text/plain' }))
  const link = Object.assign(document.createElement('a'), { href: url, download: `${watched.run.value!.id}.log` })
  link.click()
  URL.revokeObjectURL(url)
}
