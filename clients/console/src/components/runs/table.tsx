import { useSignal, type Signal } from '@preact/signals'
import { useMemo, useState } from 'preact/hooks'
import { arrange, inputColumns, type Entry } from '../../lib/entries.ts'
import { plural } from '../../lib/numbers.ts'
import type { RunList } from '../../server/run-list.ts'
import { words } from '../../server/words.ts'
import { useKeys } from '../../view/keys.ts'
import { navigate } from '../../view/router.ts'
import { runHref } from '../../view/routes.ts'
import { cancelRuns, retryRuns, type Subject } from '../../view/run-actions.ts'
import { runsView } from '../../view/run-filter.ts'
import { Button } from '../button.tsx'
import { Empty, Skeleton } from '../empty.tsx'
import { Icon } from '../icon.tsx'
import { VirtualList } from '../virtual-list.tsx'
import { RunRow } from './row.tsx'

const rowHeight = 40

/** The live table of runs: virtual, selectable, and walked with the keyboard. */
export function RunsTable({ list, selected }: { list: RunList; selected: Signal<ReadonlySet<string>> }) {
  const view = runsView.value
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set())
  const cursor = useSignal<string | null>(null)
  const ids = list.ids.value
  const shape = list.shape.value
  const entries = useMemo(
    () => arrange(ids, (id) => list.row(id)?.peek(), { text: view.text, sort: view.sort, grouped: view.grouped, open }),
    [ids, shape, view.text, view.sort, view.grouped, open],
  )
  const names = useMemo(
    () => (view.job ? inputColumns(ids.slice(0, 200).map((id) => list.row(id)?.peek().run?.input)) : []),
    [view.job, ids.length > 0 && ids[0], shape],
  )
  // The same list for the same names, or every row would be rendered with each run that comes.
  const columns = useMemo(() => names, [names.join('\n')])
  const runs = useMemo(() => entries.flatMap((entry) => (entry.kind === 'run' ? [entry.id] : [])), [entries])

  const subject = (id: string | null): Subject[] => {
    const row = id ? list.row(id)?.peek() : undefined
    return row ? [{ id: row.id, state: row.state }] : []
  }
  const move = (by: number): void => {
    const at = cursor.peek() ? runs.indexOf(cursor.peek()!) : -1
    const next = runs[Math.max(0, Math.min(runs.length - 1, at + by))]
    if (next) cursor.value = next
  }
  const select = (id: string, on: boolean, range: boolean): void => {
    const next = new Set(selected.peek())
    const from = range && cursor.peek() ? runs.indexOf(cursor.peek()!) : -1
    const to = runs.indexOf(id)
    const chosen = from >= 0 && to >= 0 ? runs.slice(Math.min(from, to), Math.max(from, to) + 1) : [id]
    chosen.forEach((one) => (on ? next.add(one) : next.delete(one)))
    cursor.value = id
    selected.value = next
  }
  useKeys({
    j: () => move(1),
    k: () => move(-1),
    ArrowDown: () => move(1),
    ArrowUp: () => move(-1),
    x: () => cursor.peek() && select(cursor.peek()!, !selected.peek().has(cursor.peek()!), false),
    Enter: () => cursor.peek() && navigate(runHref(cursor.peek()!)),
    r: () => void retryRuns(subject(cursor.peek())),
    c: () => void cancelRuns(subject(cursor.peek())),
  })

  const all = runs.length > 0 && runs.every((id) => selected.value.has(id))
  const template = [
    '1rem',
    '7rem',
    // Of one job the name says nothing that its input does not say better.
    columns.length > 0 ? 'minmax(9rem, 1fr)' : 'minmax(9rem, 2fr)',
    ...columns.map(() => 'minmax(5rem, 1.5fr)'),
    'minmax(5rem, 0.7fr)',
    '3.5rem',
    '15.5rem',
    '7.5rem',
  ].join(' ')
  const at = entries.findIndex((entry) => entry.kind === 'run' && entry.id === cursor.value)

  return (
    <div class="grid" role="table" aria-label="Runs" aria-rowcount={entries.length + 1} style={{ '--grid-columns': template }}>
      <div role="rowgroup">
        <div class="grid-head" role="row" aria-rowindex={1}>
          <span role="columnheader">
            <input
              type="checkbox"
              checked={all}
              aria-label="Select all runs that are listed"
              onClick={() => (selected.value = all ? new Set() : new Set(runs))}
            />
          </span>
          {['State', 'Job', ...columns, 'Queue'].map((name) => (
            <span key={name} role="columnheader" class="truncate">
              {name}
            </span>
          ))}
          <span role="columnheader" class="num">
            Attempt
          </span>
          <span role="columnheader">Id</span>
          <span role="columnheader" class="num">
            {view.sort === 'time' ? 'Due' : 'Since'}
          </span>
        </div>
      </div>
      {entries.length === 0 ? (
        <Nothing list={list} />
      ) : (
        <VirtualList
          count={entries.length}
          rowHeight={rowHeight}
          label="Runs"
          keyAt={(index) => keyOf(entries[index])}
          reveal={at >= 0 ? { index: at, key: cursor.value! } : undefined}
          onEnd={() => void list.readMore()}
          render={(index, top) => {
            const entry = entries[index]!
            if (entry.kind === 'now') return <NowLine key="now" top={top} index={index} />
            if (entry.kind === 'group')
              return (
                <GroupLine key={`g${entry.job}`} entry={entry} top={top} index={index} onToggle={() => setOpen(toggled(open, entry.job))} />
              )
            const row = list.row(entry.id)
            return (
              row && (
                <RunRow
                  key={entry.id}
                  row={row}
                  top={top}
                  index={index}
                  list={list}
                  columns={columns}
                  selected={selected.value.has(entry.id)}
                  cursor={cursor.value === entry.id}
                  onSelect={select}
                />
              )
            )
          }}
        />
      )}
    </div>
  )
}

const keyOf = (entry: Entry | undefined): string =>
  entry === undefined ? '' : entry.kind === 'run' ? entry.id : entry.kind === 'group' ? `g${entry.job}` : 'now'

function toggled(open: ReadonlySet<string>, job: string): ReadonlySet<string> {
  const next = new Set(open)
  if (!next.delete(job)) next.add(job)
  return next
}

function NowLine({ top, index }: { top: number; index: number }) {
  return (
    <div class="grid-row now" role="row" aria-rowindex={index + 2} style={{ transform: `translateY(${top}px)` }}>
      <span role="cell">now</span>
    </div>
  )
}

function GroupLine({
  entry,
  top,
  index,
  onToggle,
}: {
  entry: Extract<Entry, { kind: 'group' }>
  top: number
  index: number
  onToggle: () => void
}) {
  return (
    <div class="grid-row group" role="row" aria-rowindex={index + 2} style={{ transform: `translateY(${top}px)` }}>
      <span role="cell">
        <button class="button ghost small" aria-expanded={entry.open} onClick={onToggle}>
          <Icon name="down" /> {entry.job}
        </button>
        <span class="muted small">{plural(entry.ids.length, 'run')} in a second attempt or later</span>
      </span>
    </div>
  )
}

function Nothing({ list }: { list: RunList }) {
  const { state, job, queue, tag, since, text } = runsView.value
  if (list.error.value) {
    return <Empty title="The runs cannot be read">{words(list.error.value)}</Empty>
  }
  if (list.loading.value) {
    return (
      <div aria-busy="true" aria-label="The runs are being read">
        {Array.from({ length: 12 }, (_, row) => (
          <div key={row} class="grid-row" style={{ position: 'static' }}>
            <Skeleton width="1rem" /> <Skeleton width="5rem" /> <Skeleton width="9rem" />
          </div>
        ))}
      </div>
    )
  }
  if (state || job || queue || tag || since || text) {
    return (
      <div class="empty">
        <h2>No run matches</h2>
        <p>Runs that come and match appear here by themselves.</p>
        <Button onClick={() => navigate('/runs')}>Show all runs</Button>
      </div>
    )
  }
  return (
    <Empty title="No runs yet" command={'./fleet run text.stats --input \'{"text":"to be or not to be"}\' --watch'}>
      Start one with <a href="/new">New run</a>, from your application, or with the command line:
    </Empty>
  )
}
