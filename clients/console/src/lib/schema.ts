import type { Json } from '../server/wire.ts'

/** A JSON schema, as far as forms are made from it: the part that Fleet's workers announce. */
export interface Schema {
  $ref?: string
  type?: string | string[]
  title?: string
  description?: string
  enum?: Json[]
  const?: Json
  default?: Json
  properties?: Record<string, Schema | boolean>
  required?: string[]
  additionalProperties?: Schema | boolean
  items?: Schema | boolean
  anyOf?: (Schema | boolean)[]
  oneOf?: (Schema | boolean)[]
  minimum?: number
  maximum?: number
  minLength?: number
  maxLength?: number
  pattern?: string
  format?: string
}

export type FieldKind = 'object' | 'map' | 'array' | 'choice' | 'text' | 'number' | 'integer' | 'boolean' | 'json'

/** One input of a form. */
export interface Field {
  kind: FieldKind
  schema: Schema
  /** Whether null is a value of it. */
  nullable: boolean
  /** For choices. */
  choices: Json[]
}

/** Follows references within the document; a schema that leads to nothing lets anything through. */
export function resolve(schema: Schema | boolean | undefined, root: Schema, depth = 0): Schema {
  if (schema === undefined || typeof schema === 'boolean' || depth > 16) return {}
  if (!schema.$ref) return schema
  const { $ref: reference, ...rest } = schema
  let at: unknown = reference.startsWith('#') ? root : undefined
  for (const step of reference.slice(1).split('/').filter(Boolean)) {
    at = (at as Record<string, unknown> | undefined)?.[decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~')]
  }
  return { ...resolve(at as Schema | undefined, root, depth + 1), ...rest }
}

/** Which input a schema gets. */
export function fieldOf(schema: Schema | boolean | undefined, root: Schema): Field {
  let own = resolve(schema, root)
  let types = typesOf(own)
  const branches = own.anyOf ?? own.oneOf
  if (branches && types.length === 0) {
    const open = branches.map((branch) => resolve(branch, root))
    const real = open.filter((branch) => typesOf(branch).join() !== 'null')
    // "This or null" is the one kind of choice between schemas that a form shows well.
    if (real.length !== 1) return { kind: 'json', schema: own, nullable: open.length > real.length, choices: [] }
    const { anyOf: _, oneOf: __, ...rest } = own
    own = { ...real[0], ...rest }
    types = [...typesOf(own), ...(open.length > 1 ? ['null'] : [])]
  }
  const nullable = types.includes('null') || own.enum?.includes(null) === true
  const choices = own.const !== undefined ? [own.const] : (own.enum ?? []).filter((choice) => choice !== null)
  return {
    kind: kindOf(
      own,
      types.filter((type) => type !== 'null'),
      choices,
    ),
    schema: own,
    nullable,
    choices,
  }
}

const typesOf = (schema: Schema): string[] => (schema.type === undefined ? [] : Array.isArray(schema.type) ? schema.type : [schema.type])

function kindOf(schema: Schema, types: string[], choices: Json[]): FieldKind {
  if (choices.length > 0) return 'choice'
  // A duration is a number or a text, and a text holds both.
  const type =
    types.length === 1 ? types[0] : types.length === 2 && types.includes('string') && types.includes('number') ? 'string' : undefined
  switch (type) {
    case 'object':
      return schema.properties ? 'object' : schema.additionalProperties && schema.additionalProperties !== true ? 'map' : 'json'
    case 'array':
      return 'array'
    case 'string':
      return 'text'
    case 'number':
    case 'integer':
    case 'boolean':
      return type
    default:
      return schema.properties ? 'object' : 'json'
  }
}

/** What a form starts from: defaults where there are some, and something to fill in for what is required. */
export function initial(schema: Schema | boolean | undefined, root: Schema, depth = 0): Json {
  const field = fieldOf(schema, root)
  if (field.schema.default !== undefined) return structuredClone(field.schema.default)
  if (field.nullable) return null
  switch (field.kind) {
    case 'object': {
      const value: Record<string, Json> = {}
      if (depth > 4) return value
      for (const name of field.schema.required ?? []) value[name] = initial(field.schema.properties?.[name], root, depth + 1)
      return value
    }
    case 'map':
      return {}
    case 'array':
      return []
    case 'choice':
      return field.choices[0] ?? null
    case 'number':
    case 'integer':
      return field.schema.minimum !== undefined && field.schema.minimum > 0 ? field.schema.minimum : 0
    case 'boolean':
      return false
    case 'text':
      return ''
    default:
      return field.schema.required || field.schema.type === 'object' ? {} : null
  }
}

/** The name of a property as a label: "maxAttempts" → "Max attempts". */
export const label = (name: string): string => {
  const words = name
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .replace(/[_-]+/g, ' ')
    .toLowerCase()
  return words.charAt(0).toUpperCase() + words.slice(1)
}
