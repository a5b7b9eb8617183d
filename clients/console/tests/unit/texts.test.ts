import assert from 'node:assert/strict'
import { test } from 'node:test'
import { patch } from '../../src/lib/patch.ts'
import { groupFailures, pattern } from '../../src/lib/failures.ts'
import { parse, tokens } from '../../src/lib/json.ts'
import { count, percent, rate } from '../../src/lib/numbers.ts'
import { csharp, curl } from '../../src/lib/snippets.ts'
import type { Run } from '../../src/server/wire.ts'
import { href, match } from '../../src/view/routes.ts'

test('JSON is told apart for colouring, and stays what it was', () => {
  const text = '{"a": [1, -2.5e3, true, null], "b\\"": "x"}'
  assert.equal(
    tokens(text)
      .map((token) => token.text)
      .join(''),
    text,
  )
  assert.deepEqual(
    tokens(text)
      .filter((token) => token.kind !== 'plain')
      .map((token) => token.kind),
    ['name', 'number', 'number', 'word', 'word', 'name', 'string'],
  )
})

test('what is no JSON says so', () => {
  assert.deepEqual(parse('{"a":1}'), { value: { a: 1 } })
  assert.match((parse('{"a":') as { fault: string }).fault, /^Not JSON yet/)
  assert.match((parse(' ') as { fault: string }).fault, /nothing/)
})

test('numbers are short but never a lie', () => {
  assert.deepEqual([0, 99_999, 1_234_567].map(count), ['0', '99,999', '1.2M'])
  assert.deepEqual([0, 0.25, 12.6].map(rate), ['0', '0.3', '13'])
  assert.deepEqual([percent(99_999, 100_000), percent(1, 1), percent(1, 0), percent(1, 3)], ['99.9%', '100%', '–', '33.3%'])
})

test('the same call is told for a shell and for a program', () => {
  const run = { job: 'a', input: { text: "it's", 'content-type': 1 }, delay: 5, tags: ['t'] }
  assert.ok(curl('http://x', run).includes(`it'\\''s`))
  const program = csharp('http://x', run)
  assert.ok(program.includes('["content-type"] = 1'))
  assert.ok(program.includes('Delay = TimeSpan.FromSeconds(5),'))
  assert.ok(csharp('http://x', { job: 'a', input: { n: null } }).includes('n = (object?)null'))
})

test('failures that mean the same are one group, the newest first', () => {
  const run = (id: string, job: string, message: string, second: number): Run =>
    ({ id, job, error: { type: 't', message, detail: null }, finishedAt: new Date(second * 1000).toISOString() }) as Run
  const groups = groupFailures([run('3', 'a', 'no customer 4712', 3), run('2', 'b', 'no', 2), run('1', 'a', 'no customer 4711', 1)])
  assert.deepEqual(
    groups.map((group) => [group.job, group.ids, group.message]),
    [
      ['a', ['3', '1'], 'no customer 4712'],
      ['b', ['2'], 'no'],
    ],
  )
  assert.equal(pattern('run 01M89RMVF8003Z7ER8WS972YEW took 3.5 s\nmore'), 'run … took … s')
})

test('a fork sends only what was changed', () => {
  assert.deepEqual(patch({ a: 1, b: { c: 1, d: 2 }, e: 3 }, { a: 1, b: { c: 9, d: 2 }, f: 4 }), { e: null, b: { c: 9 }, f: 4 })
  assert.deepEqual(patch([1], [2]), [2])
})

test('addresses lead to pages', () => {
  assert.deepEqual(match('/'), { name: 'overview', argument: '' })
  assert.deepEqual(match('/runs/'), { name: 'runs', argument: '' })
  assert.deepEqual(match('/runs/01K'), { name: 'run', argument: '01K' })
  assert.deepEqual(match('/jobs/text.stats'), { name: 'job', argument: 'text.stats' })
  assert.equal(match('/v1/runs'), undefined)
  assert.equal(match('/runs/1/2'), undefined)
  assert.equal(href('/runs', { state: 'failed', job: undefined, queue: '' }), '/runs?state=failed')
})
