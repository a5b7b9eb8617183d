import { useEffect, useState } from 'preact/hooks'
import { parse, pretty } from '../../lib/json.ts'
import type { Schema } from '../../lib/schema.ts'
import type { Faults } from '../../lib/validate.ts'
import type { Json } from '../../server/wire.ts'
import { SchemaField } from './schema-field.tsx'

interface Props {
  schema: Schema
  value: Json
  faults: Faults
  onChange: (value: Json) => void
  /** Told when the raw text is no JSON, and when it is again. */
  onBroken: (fault: string) => void
}

/** An input as a form and as raw JSON beside it. Either follows the other, but never what is being typed in itself. */
export function InputEditor({ schema, value, faults, onChange, onBroken }: Props) {
  const [text, setText] = useState(() => pretty(value))
  const [fault, setFault] = useState('')
  useEffect(() => {
    const parsed = parse(text)
    if ('value' in parsed && JSON.stringify(parsed.value) === JSON.stringify(value)) return
    setText(pretty(value))
    setFault('')
    onBroken('')
  }, [value])
  const type = (next: string): void => {
    setText(next)
    const parsed = parse(next)
    const wrong = 'fault' in parsed ? parsed.fault : ''
    setFault(wrong)
    onBroken(wrong)
    if ('value' in parsed) onChange(parsed.value)
  }
  const unknown = Object.entries(faults)
  return (
    <div class="columns editor">
      <section class="card" aria-label="Input as a form">
        <header>
          <h2>Input</h2>
        </header>
        <div class="card-body">
          <SchemaField
            name=""
            schema={schema}
            root={schema}
            path="input"
            value={value}
            required
            faults={faults}
            onChange={(next) => onChange(next ?? {})}
          />
        </div>
      </section>
      <section class="card" aria-label="Input as JSON">
        <header>
          <h2>
            <label for="raw">Input as JSON</label>
          </h2>
        </header>
        <div class="card-body stack">
          <textarea
            id="raw"
            class="textarea code"
            rows={Math.min(28, Math.max(10, text.split('\n').length + 1))}
            spellcheck={false}
            value={text}
            aria-invalid={fault !== ''}
            aria-describedby="raw-fault"
            onInput={(event) => type(event.currentTarget.value)}
          />
          <span class="fault" id="raw-fault" role="status">
            {fault}
          </span>
          {unknown.length > 0 && (
            <ul class="fault" role="alert">
              {unknown.map(([path, what]) => (
                <li key={path}>
                  <code>{path}</code> {what}
                </li>
              ))}
            </ul>
          )}
        </div>
      </section>
    </div>
  )
}
