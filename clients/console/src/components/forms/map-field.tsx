import { useState } from 'preact/hooks'
import { initial, type Schema } from '../../lib/schema.ts'
import type { Json } from '../../server/wire.ts'
import { Button } from '../button.tsx'
import { Remark } from './remark.tsx'
import { SchemaField, type SchemaFieldProps } from './schema-field.tsx'

type Props = SchemaFieldProps & { title: string; hint?: string; values: Schema | boolean | undefined }

/** Values by names that the schema leaves open, such as headers. */
export function MapField({ title, hint, values, root, path, value, required, faults, onChange }: Props) {
  const [name, setName] = useState('')
  const content = value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as Record<string, Json>) : {}
  const add = (): void => {
    if (!name || name in content) return
    onChange({ ...content, [name]: initial(values, root) })
    setName('')
  }
  const remove = (gone: string): void => {
    const { [gone]: _, ...rest } = content
    onChange(Object.keys(rest).length === 0 && !required ? undefined : rest)
  }
  return (
    <fieldset class="nested">
      <legend>
        {title}
        {required && (
          <span class="required" aria-hidden="true">
            {' '}
            *
          </span>
        )}
      </legend>
      <Remark fault={faults[path]} hint={hint} />
      {Object.entries(content).map(([key, item]) => (
        <div key={key} class="list-item">
          <div class="grow">
            <SchemaField
              name={key}
              schema={values}
              root={root}
              path={`${path}.${key}`}
              value={item}
              required
              faults={faults}
              onChange={(next) => onChange({ ...content, [key]: next ?? null })}
            />
          </div>
          <Button small kind="ghost" icon="trash" label={`Remove ${key}`} onClick={() => remove(key)} />
        </div>
      ))}
      <div class="row">
        <input
          class="input"
          placeholder="Name"
          aria-label={`Name of a new entry of ${title.toLowerCase()}`}
          value={name}
          onInput={(event) => setName(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key !== 'Enter') return
            event.preventDefault()
            add()
          }}
        />
        <Button small icon="plus" disabled={!name || name in content} onClick={add}>
          Add
        </Button>
      </div>
    </fieldset>
  )
}
