import type { ComponentChildren } from 'preact'
import { words } from '../server/words.ts'
import { Empty, SkeletonRows } from './empty.tsx'

export interface Column {
  title: ComponentChildren
  /** `num` for figures, `wide` for what a phone has no room for. */
  class?: string
}

/** The column of a row's buttons, which needs no title where one can see them. */
export const actionsColumn: Column = { title: <span class="visually-hidden">Actions</span> }

interface Props<T> {
  label: string
  /** What it shows; undefined while that is being read. */
  items: readonly T[] | undefined
  error?: unknown
  /** What is said where there is nothing to show because reading failed. */
  unreadable: string
  /** What stands here where there are no items. */
  empty: ComponentChildren
  columns: readonly Column[]
  /** The row of an item: a `tr` with its key. */
  row: (item: T) => ComponentChildren
}

/** A card with a table of what was read, whatever became of the reading. */
export function TableCard<T>({ label, items, error, unreadable, empty, columns, row }: Props<T>) {
  return (
    <section class="card" aria-label={label}>
      {items?.length === 0 ? (
        empty
      ) : items === undefined && error ? (
        <Empty title={unreadable}>{words(error)}</Empty>
      ) : (
        <div class="table-scroll">
          <table class="table">
            <thead>
              <tr>
                {columns.map((column, index) => (
                  <th key={index} class={column.class}>
                    {column.title}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>{items ? items.map(row) : <SkeletonRows columns={columns.length} />}</tbody>
          </table>
        </div>
      )}
    </section>
  )
}
