import { fieldOf, initial, label, type Schema } from '../../lib/schema.ts'
import type { Faults } from '../../lib/validate.ts'
import type { Json } from '../../server/wire.ts'
import { Button } from '../button.tsx'
import { Field } from './field.tsx'
import { JsonField } from './json-field.tsx'
import { ListField } from './list-field.tsx'
import { MapField } from './map-field.tsx'
import { NumberField } from './number-field.tsx'
import { describedBy, Remark } from './remark.tsx'

export interface SchemaFieldProps {
  /** What the value is called; empty for the whole input. */
  name: string
  schema: Schema | boolean | undefined
  root: Schema
  path: string
  value: Json | undefined
  required: boolean
  faults: Faults
  onChange: (value: Json | undefined) => void
}

/** The input for one value, as its schema says it must be. */
export function SchemaField(props: SchemaFieldProps) {
  const { name, schema, root, path, value, required, faults, onChange } = props
  const field = fieldOf(schema, root)
  const title = field.schema.title ?? label(name)
  const hint = field.schema.description
  const fault = faults[path]
  const id = `f-${path.replace(/[^\w]/g, '-')}`
  const common = { id, 'aria-invalid': fault !== undefined, 'aria-describedby': describedBy(id, hint, fault), 'aria-required': required }
  switch (field.kind) {
    case 'object':
      if (value === undefined || value === null) return <Absent {...props} title={title} hint={hint} fault={fault} />
      return <ObjectField {...props} object={field.schema} title={title} hint={hint} fault={fault} nullable={field.nullable} />
    case 'map':
      return <MapField {...props} title={title} hint={hint} values={field.schema.additionalProperties} />
    case 'array':
      return <ListField {...props} title={title} hint={hint} items={field.schema.items} nullable={field.nullable} />
    case 'choice':
      return (
        <Field id={id} label={title} required={required} hint={hint} fault={fault}>
          <select
            {...common}
            class="select"
            value={value === undefined || value === null ? '' : JSON.stringify(value)}
            onChange={(event) =>
              onChange(event.currentTarget.value ? (JSON.parse(event.currentTarget.value) as Json) : field.nullable ? null : undefined)
            }
          >
            {(!required || field.nullable || value === undefined) && <option value="">{required ? 'Choose …' : 'as by default'}</option>}
            {field.choices.map((choice) => (
              <option key={JSON.stringify(choice)} value={JSON.stringify(choice)}>
                {typeof choice === 'string' ? choice : JSON.stringify(choice)}
              </option>
            ))}
          </select>
        </Field>
      )
    case 'boolean':
      return (
        <div class="field">
          <label class="check" for={id}>
            <input {...common} type="checkbox" checked={value === true} onChange={(event) => onChange(event.currentTarget.checked)} />
            {title}
          </label>
          <Remark fault={fault} hint={hint} />
        </div>
      )
    case 'number':
    case 'integer':
      return (
        <Field id={id} label={title} required={required} hint={hint} fault={fault}>
          <NumberField
            {...common}
            whole={field.kind === 'integer'}
            min={field.schema.minimum}
            max={field.schema.maximum}
            value={value}
            placeholder={placeholder(field.schema)}
            onChange={(next) => onChange(next ?? absent(field.nullable, required))}
          />
        </Field>
      )
    case 'text':
      return (
        <Field id={id} label={title} required={required} hint={hint} fault={fault}>
          <TextInput
            common={common}
            schema={field.schema}
            value={value}
            onChange={(text) => onChange(text === '' && !required ? absent(field.nullable, required) : text)}
          />
        </Field>
      )
    default:
      return <JsonField id={id} label={title} required={required} hint={hint} fault={fault} value={value} onChange={onChange} />
  }
}

/** What an emptied input leaves: nothing at all, where that will do. */
const absent = (nullable: boolean, required: boolean): Json | undefined => (required && nullable ? null : undefined)

const placeholder = (schema: Schema): string | undefined =>
  schema.default === undefined || schema.default === null ? undefined : String(schema.default)

function TextInput({
  common,
  schema,
  value,
  onChange,
}: {
  common: object
  schema: Schema
  value: Json | undefined
  onChange: (text: string) => void
}) {
  const text = value === undefined || value === null ? '' : String(value)
  const input = (event: { currentTarget: { value: string } }): void => onChange(event.currentTarget.value)
  if ((schema.maxLength ?? 200) >= 200 && !schema.format) {
    return (
      <textarea
        {...common}
        class="textarea"
        rows={Math.min(8, Math.max(1, text.split('\n').length))}
        value={text}
        placeholder={placeholder(schema)}
        onInput={input}
      />
    )
  }
  return <input {...common} class="input" value={text} placeholder={placeholder(schema)} onInput={input} />
}

type NestedProps = SchemaFieldProps & { title: string; hint?: string; fault?: string }

/** A part of the input that is left out; it can be put in. */
function Absent({ title, hint, fault, schema, root, required, onChange }: NestedProps) {
  const add = (): void => {
    const start = initial(schema, root)
    onChange(start === null ? {} : start)
  }
  return (
    <div class="field">
      <span class="label">
        {title}
        {required && (
          <span class="required" aria-hidden="true">
            {' '}
            *
          </span>
        )}
      </span>
      <Remark fault={fault} hint={hint} />
      <div>
        <Button small icon="plus" onClick={add}>
          Add {title.toLowerCase()}
        </Button>
      </div>
    </div>
  )
}

function ObjectField({
  name,
  object,
  title,
  hint,
  fault,
  root,
  path,
  value,
  required,
  nullable,
  faults,
  onChange,
}: NestedProps & { object: Schema; nullable: boolean }) {
  const content = value as Record<string, Json>
  const change = (property: string, next: Json | undefined): void => {
    const { [property]: _, ...rest } = content
    // What was there keeps its place.
    onChange(next === undefined ? rest : property in content ? { ...content, [property]: next } : { ...rest, [property]: next })
  }
  const fields = Object.entries(object.properties ?? {}).map(([property, own]) => (
    <SchemaField
      key={property}
      name={property}
      schema={own}
      root={root}
      path={`${path}.${property}`}
      value={content[property]}
      required={object.required?.includes(property) ?? false}
      faults={faults}
      onChange={(next) => change(property, next)}
    />
  ))
  if (!name) return <div class="form-fields">{fields}</div>
  return (
    <fieldset class="nested">
      <legend>
        {title}
        {(!required || nullable) && (
          <Button
            small
            kind="ghost"
            icon="cancel"
            label={`Leave out ${title.toLowerCase()}`}
            onClick={() => onChange(absent(nullable, required))}
          />
        )}
      </legend>
      <Remark fault={fault} />
      <Remark hint={hint} />
      <div class="form-fields">{fields}</div>
    </fieldset>
  )
}
