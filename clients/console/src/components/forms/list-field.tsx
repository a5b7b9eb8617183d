import { initial, type Schema } from '../../lib/schema.ts'
import type { Json } from '../../server/wire.ts'
import { Button } from '../button.tsx'
import { Remark } from './remark.tsx'
import { SchemaField, type SchemaFieldProps } from './schema-field.tsx'

type Props = SchemaFieldProps & { title: string; hint?: string; items: Schema | boolean | undefined; nullable: boolean }

/** A list, item by item. */
export function ListField({ title, hint, items, nullable, root, path, value, required, faults, onChange }: Props) {
  const list = Array.isArray(value) ? value : []
  const remove = (index: number): void => {
    const rest = list.filter((_, at) => at !== index)
    onChange(rest.length === 0 && !required ? (nullable ? null : undefined) : rest)
  }
  const fault = faults[path]
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
      <Remark fault={fault} hint={hint} />
      {list.map((item, index) => (
        <div key={index} class="list-item">
          <div class="grow">
            <SchemaField
              name={`${title} ${index + 1}`}
              schema={items}
              root={root}
              path={`${path}[${index}]`}
              value={item}
              required
              faults={faults}
              onChange={(next) => onChange(list.map((one, at) => (at === index ? (next ?? null) : one)))}
            />
          </div>
          <Button small kind="ghost" icon="trash" label={`Remove ${title.toLowerCase()} ${index + 1}`} onClick={() => remove(index)} />
        </div>
      ))}
      <div>
        <Button small icon="plus" onClick={() => onChange([...list, initial(items, root) as Json])}>
          Add to {title.toLowerCase()}
        </Button>
      </div>
    </fieldset>
  )
}
