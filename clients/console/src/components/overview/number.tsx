import type { ComponentChildren } from 'preact'
import { Skeleton } from '../empty.tsx'

interface Props {
  name: string
  value: string | undefined
  /** What the number counts, as a list. */
  to: string
  note?: ComponentChildren
  className?: string
}

/** One number of the fleet, which leads to what it counts. */
export function Figure({ name, value, to, note, className }: Props) {
  return (
    <a class={`figure ${className ?? ''}`} href={to}>
      <span class="figure-name">{name}</span>
      <span class="figure-value">{value ?? <Skeleton width="2.5rem" />}</span>
      <span class="figure-note">{note ?? ' '}</span>
    </a>
  )
}
