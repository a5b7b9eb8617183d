import type { ComponentChildren } from 'preact'

/** What stands where nothing is: what would be here, and how to get there. */
export function Empty({ title, children, command }: { title: string; children?: ComponentChildren; command?: string }) {
  return (
    <div class="empty">
      <h2>{title}</h2>
      {children && <p>{children}</p>}
      {command && (
        <pre tabIndex={0}>
          <code>{command}</code>
        </pre>
      )}
    </div>
  )
}

export const Skeleton = ({ width = '4em' }: { width?: string }) => <span class="skeleton" style={{ width }} aria-hidden="true" />

/** Rows of a table that is being read, as high as those that will come. */
export function SkeletonRows({ rows = 4, columns }: { rows?: number; columns: number }) {
  return (
    <>
      {Array.from({ length: rows }, (_, row) => (
        <tr key={row} aria-hidden="true">
          {Array.from({ length: columns }, (_, column) => (
            <td key={column}>
              <Skeleton width={column === 0 ? '9em' : '4em'} />
            </td>
          ))}
        </tr>
      ))}
    </>
  )
}
