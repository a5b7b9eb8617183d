import type { ComponentChildren } from 'preact'
import { SkeletonRows } from './empty.tsx'

export interface Column {
  title: ComponentChildren
  /** `num` for figures, `wide` for what a phone has no room for. */
  class?: string
}

/** A title that is not needed where one can see the column, such as that of a row's buttons. */
export const hidden = (title: string) => <span class="visually-hidden">{title}</span>

export interface TableProps<T> {
  /** What it shows; undefined while that is being read. */
  items: readonly T[] | undefined
  columns: readonly Column[]
  /** The row of an item: a `tr` with its key. */
  row: (item: T) => ComponentChildren
  /** How many rows stand in for those that are being read. */
  expected?: number
}

/** A table of what was read, or of what will be. */
export function Table<T>({ items, columns, row, expected }: TableProps<T>) {
  return (
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
        <tbody>{items ? items.map(row) : <SkeletonRows columns={columns.length} rows={expected} />}</tbody>
      </table>
    </div>
  )
}
