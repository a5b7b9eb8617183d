import type { Signal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { Row } from '../../lib/merge.ts'
import { createdAt } from '../../lib/time.ts'
import type { RunList } from '../../server/run-list.ts'
import { runHref } from '../../view/routes.ts'
import { State } from '../state.tsx'
import { Time } from '../time.tsx'

interface Props {
  row: Signal<Row>
  top: number
  index: number
  list: RunList
  columns: readonly string[]
  selected: boolean
  cursor: boolean
  onSelect: (id: string, on: boolean, range: boolean) => void
}

/** One run: where it stands in the list, and whether it is chosen. */
export function RunRow({ row, top, index, list, columns, selected, cursor, onSelect }: Props) {
  const { id } = row.peek()
  return (
    <div
      class={`grid-row${cursor ? ' cursor' : ''}`}
      role="row"
      aria-rowindex={index + 2}
      aria-selected={selected}
      style={{ transform: `translateY(${top}px)` }}
      data-run={id}
    >
      <span role="cell" class="wide">
        <input
          type="checkbox"
          checked={selected}
          aria-label={`Select run ${id}`}
          onClick={(event) => onSelect(id, (event.target as HTMLInputElement).checked, event.shiftKey)}
        />
      </span>
      <RunCells row={row} list={list} columns={columns} />
    </div>
  )
}

/** What is known of a run. It renders anew when its own signal says so, and not when others come above it. */
function RunCells({ row: source, list, columns }: Pick<Props, 'row' | 'list' | 'columns'>) {
  const row = source.value
  const needsRun = columns.length > 0 || row.state === 'scheduled'
  useEffect(() => {
    if (needsRun) list.want(row.id)
  }, [needsRun, row.id, row.state])
  const input = row.run?.input as Record<string, unknown> | undefined
  return (
    <>
      <span role="cell">
        <State state={row.state} />
      </span>
      <span role="cell" class="truncate">
        <a href={runHref(row.id)} aria-label={`${row.job}, run ${row.id}`}>
          {row.job}
        </a>
        {row.tags.slice(0, 3).map((tag) => (
          <span key={tag} class="tag truncate wide">
            {tag}
          </span>
        ))}
        <span class="id narrow-only">{row.id.slice(-8)}</span>
      </span>
      {columns.map((name) => (
        <span key={name} role="cell" class="text truncate wide mono small" title={cell(input?.[name])}>
          {cell(input?.[name])}
        </span>
      ))}
      <span role="cell" class="text truncate wide muted">
        {row.queue}
      </span>
      <span role="cell" class="num wide muted">
        {row.attempt > 0 ? row.attempt : '–'}
      </span>
      <span role="cell" class="text id truncate wide">
        {row.id}
      </span>
      <span role="cell" class="num small">
        {row.state === 'scheduled' && row.run?.dueAt ? <Time at={row.run.dueAt} relative /> : <Time at={row.at || createdAt(row.id)} />}
      </span>
    </>
  )
}

const cell = (value: unknown): string =>
  value === undefined || value === null ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value)
