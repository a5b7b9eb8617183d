import { useEffect, useState } from 'preact/hooks'
import { parse } from '../../lib/json.ts'
import type { Json } from '../../server/wire.ts'
import { Field } from './field.tsx'
import { describedBy } from './remark.tsx'

interface Props {
  id: string
  label: string
  required: boolean
  hint?: string
  fault?: string
  value: Json | undefined
  onChange: (value: Json | undefined) => void
}

const show = (value: Json | undefined): string =>
  value === undefined ? '' : typeof value === 'string' ? JSON.stringify(value) : JSON.stringify(value, null, 2)

/** A value of which the schema says little: any JSON, or text that is none, which is taken as a text. */
export function JsonField({ id, label, required, hint, fault, value, onChange }: Props) {
  const [text, setText] = useState(() => show(value))
  const [broken, setBroken] = useState('')
  useEffect(() => {
    const parsed = parse(text)
    if (!('value' in parsed) || JSON.stringify(parsed.value) !== JSON.stringify(value)) {
      if (!broken) setText(show(value))
    }
  }, [value])
  const change = (next: string): void => {
    setText(next)
    setBroken('')
    if (!next.trim()) return onChange(undefined)
    const parsed = parse(next)
    if ('value' in parsed) onChange(parsed.value)
    else setBroken(parsed.fault)
  }
  const wrong = broken || fault
  return (
    <Field id={id} label={`${label} (JSON)`} required={required} hint={hint} fault={wrong}>
      <textarea
        id={id}
        class="textarea code"
        rows={Math.min(10, Math.max(2, text.split('\n').length))}
        spellcheck={false}
        value={text}
        aria-invalid={Boolean(wrong)}
        aria-describedby={describedBy(id, hint, wrong)}
        onInput={(event) => change(event.currentTarget.value)}
      />
    </Field>
  )
}
