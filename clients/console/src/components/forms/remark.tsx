import { Prose } from '../prose.tsx'

interface Props {
  /** The input's id, for one that names its remark (`describedBy`). */
  id?: string
  fault?: string
  hint?: string
}

/** What is wrong with an input, or else what it is for. */
export function Remark({ id, fault, hint }: Props) {
  if (fault) {
    return (
      <span class="fault" id={id && `${id}-fault`}>
        {fault}
      </span>
    )
  }
  if (!hint) return null
  return (
    <span class="hint" id={id && `${id}-hint`}>
      <Prose text={hint} />
    </span>
  )
}

export const describedBy = (id: string, hint?: string, fault?: string): string | undefined =>
  fault ? `${id}-fault` : hint ? `${id}-hint` : undefined
