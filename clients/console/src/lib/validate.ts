import type { Json } from '../server/wire.ts'
import { resolve, type Schema } from './schema.ts'

/** What is wrong with a value, by the path of what is wrong: "input.files[2].name". */
export type Faults = Record<string, string>

/** Holds an input against its job's schema, with the API's own words and paths; what passes here the API may still refuse. */
export function validate(value: Json, schema: Schema, path = 'input'): Faults {
  const faults: Faults = {}
  check(value, schema, schema, path, faults, 0)
  return faults
}

function check(value: Json, given: Schema | boolean, root: Schema, path: string, faults: Faults, depth: number): void {
  if (given === false) return void (faults[path] = 'is not allowed here')
  if (given === true || depth > 32) return
  const schema = resolve(given, root)
  const types = schema.type === undefined ? [] : Array.isArray(schema.type) ? schema.type : [schema.type]
  if (types.length > 0 && !types.some((type) => fits(value, type))) {
    faults[path] = `must be ${describe(types)}, not ${name(value)}`
    return
  }
  const allowed = schema.const !== undefined ? [schema.const] : schema.enum
  if (allowed && !allowed.some((choice) => same(choice, value))) {
    faults[path] = `must be one of ${allowed.map((choice) => JSON.stringify(choice)).join(', ')}`
    return
  }
  if (schema.anyOf) checkBranches(value, schema.anyOf, root, path, faults, depth)
  if (typeof value === 'number') checkNumber(value, schema, path, faults)
  else if (typeof value === 'string') checkText(value, schema, path, faults)
  else if (Array.isArray(value))
    value.forEach((item, index) => check(item, schema.items ?? true, root, `${path}[${index}]`, faults, depth + 1))
  else if (value !== null && typeof value === 'object') checkObject(value, schema, root, path, faults, depth)
}

function checkBranches(value: Json, branches: (Schema | boolean)[], root: Schema, path: string, faults: Faults, depth: number): void {
  let nearest: Faults | undefined
  for (const branch of branches) {
    const found: Faults = {}
    check(value, branch, root, path, found, depth + 1)
    if (Object.keys(found).length === 0) return
    const ofItsType = found[path]?.startsWith('must be ') !== true
    if (!nearest || ofItsType) nearest = found
  }
  Object.assign(faults, nearest)
}

function checkNumber(value: number, schema: Schema, path: string, faults: Faults): void {
  if (schema.minimum !== undefined && value < schema.minimum) faults[path] = `must be at least ${schema.minimum}, not ${value}`
  if (schema.maximum !== undefined && value > schema.maximum) faults[path] = `must be at most ${schema.maximum}, not ${value}`
}

function checkText(value: string, schema: Schema, path: string, faults: Faults): void {
  const length = [...value].length
  if (schema.minLength !== undefined && length < schema.minLength)
    faults[path] = length === 0 ? 'must not be empty' : `must have at least ${schema.minLength} characters; it has ${length}`
  if (schema.maxLength !== undefined && length > schema.maxLength)
    faults[path] = `must have at most ${schema.maxLength} characters; it has ${length}`
}

function checkObject(value: Record<string, Json>, schema: Schema, root: Schema, path: string, faults: Faults, depth: number): void {
  for (const property of schema.required ?? []) if (!(property in value)) faults[`${path}.${property}`] = 'is required'
  for (const [property, content] of Object.entries(value)) {
    const own = schema.properties?.[property]
    if (own !== undefined) check(content, own, root, `${path}.${property}`, faults, depth + 1)
    else if (schema.additionalProperties === false) faults[`${path}.${property}`] = 'is not a field of this input'
    else if (schema.additionalProperties) check(content, schema.additionalProperties, root, `${path}.${property}`, faults, depth + 1)
  }
}

function fits(value: Json, type: string): boolean {
  switch (type) {
    case 'null':
      return value === null
    case 'integer':
      return typeof value === 'number' && Number.isInteger(value)
    case 'array':
      return Array.isArray(value)
    case 'object':
      return value !== null && typeof value === 'object' && !Array.isArray(value)
    default:
      return typeof value === type
  }
}

const words: Record<string, string> = {
  null: 'null',
  boolean: 'true or false',
  integer: 'a whole number',
  number: 'a number',
  string: 'a string',
  array: 'an array',
  object: 'an object',
}

const describe = (types: string[]): string => {
  const wanted = types.length > 1 ? types.filter((type) => type !== 'null') : types
  return wanted.map((type) => words[type] ?? type).join(' or ')
}

const name = (value: Json): string =>
  value === null || typeof value === 'boolean' || typeof value === 'number'
    ? String(value)
    : typeof value === 'string'
      ? 'a string'
      : Array.isArray(value)
        ? 'an array'
        : 'an object'

const same = (one: Json, other: Json): boolean => JSON.stringify(one) === JSON.stringify(other)
