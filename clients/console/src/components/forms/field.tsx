import type { ComponentChildren } from 'preact'
import { Remark } from './remark.tsx'

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
      <Remark id={id} fault={fault} hint={hint} />
    </div>
  )
}
