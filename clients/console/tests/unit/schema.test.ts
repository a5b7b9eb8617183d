import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fieldOf, initial, label, type Schema } from '../../src/lib/schema.ts'
import { validate } from '../../src/lib/validate.ts'

const schema: Schema = {
  type: 'object',
  properties: {
    url: { type: 'string', minLength: 1, description: 'Where to' },
    method: { enum: ['GET', 'POST'], default: 'GET' },
    headers: { type: ['object', 'null'], additionalProperties: { type: 'string' }, default: null },
    expect: { type: ['array', 'null'], items: { type: 'integer' } },
    timeout: { type: ['number', 'string', 'null'] },
    body: {},
    retry: { anyOf: [{ $ref: '#/$defs/retry' }, { type: 'null' }] },
    size: { type: 'integer', minimum: 3, maximum: 9 },
    deep: {
      type: 'object',
      properties: { on: { type: 'boolean' }, next: { $ref: '#/properties/deep' } },
      required: ['on'],
      additionalProperties: false,
    },
  },
  required: ['url', 'size', 'deep'],
  additionalProperties: false,
  $defs: { retry: { type: 'object', properties: { times: { type: 'integer' } } } },
} as Schema

test('each schema gets the input that suits it', () => {
  const kinds = Object.fromEntries(Object.entries(schema.properties!).map(([name, own]) => [name, fieldOf(own, schema).kind]))
  assert.deepEqual(kinds, {
    url: 'text',
    method: 'choice',
    headers: 'map',
    expect: 'array',
    timeout: 'text',
    body: 'json',
    retry: 'object',
    size: 'integer',
    deep: 'object',
  })
  assert.equal(fieldOf(schema.properties!.retry, schema).nullable, true)
  assert.equal(fieldOf(schema.properties!.url, schema).nullable, false)
})

test('a choice between schemas is raw JSON', () => {
  assert.equal(fieldOf({ anyOf: [{ type: 'string' }, { type: 'object' }] }, {}).kind, 'json')
})

test('a form starts from defaults and from what is required', () => {
  assert.deepEqual(initial(schema, schema), { url: '', size: 3, deep: { on: false } })
  assert.equal(initial({ type: 'string', default: 'x' }, {}), 'x')
  assert.equal(initial({ enum: ['a', 'b'] }, {}), 'a')
})

test('a schema that holds itself ends', () => {
  const self: Schema = { type: 'object', properties: { next: { $ref: '#' } }, required: ['next'] }
  assert.doesNotThrow(() => initial(self, self))
  assert.doesNotThrow(() => fieldOf({ $ref: '#/a' }, { a: { $ref: '#/a' } } as Schema))
})

test('labels are read from names', () => {
  assert.equal(label('maxAttempts'), 'Max attempts')
  assert.equal(label('dry_run'), 'Dry run')
})

test('what is wrong is told by path, as the API tells it', () => {
  assert.deepEqual(validate({ url: '', size: 10, deep: { on: 1, off: 2 }, expect: [200, 'x'], more: 1 }, schema), {
    'input.url': 'must not be empty',
    'input.size': 'must be at most 9, not 10',
    'input.deep.on': 'must be true or false, not 1',
    'input.deep.off': 'is not a field of this input',
    'input.expect[1]': 'must be a whole number, not a string',
    'input.more': 'is not a field of this input',
  })
  assert.deepEqual(validate({ size: 3, deep: { on: true } }, schema), { 'input.url': 'is required' })
  assert.deepEqual(validate([], schema), { input: 'must be an object, not an array' })
  assert.deepEqual(validate({ url: 'x', size: 3, deep: { on: true }, method: 'PUT' }, schema), {
    'input.method': 'must be one of "GET", "POST"',
  })
  assert.deepEqual(validate({ url: 'x', size: 3, deep: { on: true, next: { on: true } }, retry: { times: 'x' } }, schema), {
    'input.retry.times': 'must be a whole number, not a string',
  })
})
