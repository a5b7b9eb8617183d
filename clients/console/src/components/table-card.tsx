import type { ComponentChildren } from 'preact'
import { words } from '../server/words.ts'
import { Empty } from './empty.tsx'
import { hidden, Table, type Column, type TableProps } from './table.tsx'

/** The column of a row's buttons. */
export const actionsColumn: Column = { title: hidden('Actions') }

interface Props<T> extends TableProps<T> {
  label: string
  error?: unknown
  /** What is said where there is nothing to show because reading failed. */
  unreadable: string
  /** What stands here where there are no items. */
  empty: ComponentChildren
}

/** A card with a table of what was read, whatever became of the reading. */
export function TableCard<T>({ label, error, unreadable, empty, ...table }: Props<T>) {
  return (
    <section class="card" aria-label={label}>
      {table.items?.length === 0 ? (
        empty
      ) : table.items === undefined && error ? (
        <Empty title={unreadable}>{words(error)}</Empty>
      ) : (
        <Table {...table} />
      )}
    </section>
  )
}
