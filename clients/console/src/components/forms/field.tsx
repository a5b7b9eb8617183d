import type { ComponentChildren } from 'preact'
import { Prose } from '../prose.tsx'

interface Props {
  id: string
  label: string
  required?: boolean
  hint?: string
  fault?: string
  children: ComponentChildren
}

/** A labelled input, with what it is for and what is wrong with it. */
export function Field({ id, label, required, hint, fault, children }: Props) {
  return (
    <div class="field">
      <label for={id}>
        {label}
        {required && (
          <span class="required" aria-hidden="true">
            {' '}
            *
          </span>
        )}
      </label>
      {children}
      {fault ? (
        <span class="fault" id={`${id}-fault`}>
          {fault}
        </span>
      ) : (
        hint && (
          <span class="hint" id={`${id}-hint`}>
            <Prose text={hint} />
          </span>
        )
      )}
    </div>
  )
}

export const describedBy = (id: string, hint?: string, fault?: string): string | undefined =>
  fault ? `${id}-fault` : hint ? `${id}-hint` : undefined
