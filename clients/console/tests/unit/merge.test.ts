import assert from 'node:assert/strict'
import { test } from 'node:test'
import { arrange, inputColumns } from '../../src/lib/entries.ts'
import { isNewer, mergeIds, type Row } from '../../src/lib/merge.ts'

const row = (id: string, part: Partial<Row> = {}): Row => ({
  id,
  job: 'a',
  queue: 'default',
  priority: 'normal',
  state: 'succeeded',
  attempt: 1,
  seq: 1,
  at: 0,
  worker: null,
  tags: [],
  ...part,
})

test('the newer of two things said of a run is the one with the higher seq', () => {
  assert.equal(isNewer(2, row('1')), true)
  assert.equal(isNewer(1, row('1')), false)
  assert.equal(isNewer(1, undefined), true)
})

test('ids stay sorted downwards, each once, wherever they come from', () => {
  assert.deepEqual(mergeIds([], ['1', '3', '2', '3']), ['3', '2', '1'])
  assert.deepEqual(mergeIds(['5', '4'], ['6', '7']), ['7', '6', '5', '4'])
  assert.deepEqual(mergeIds(['5', '4'], ['1', '2']), ['5', '4', '2', '1'])
  assert.deepEqual(mergeIds(['9', '5', '1'], ['7', '5', '3']), ['9', '7', '5', '3', '1'])
  const same = ['2', '1']
  assert.equal(mergeIds(same, []), same)
})

test('sorted by time, runs that wait for theirs stand above the line that says now', () => {
  const rows = new Map(
    [row('4'), row('3', { state: 'scheduled', at: 10 }), row('2', { state: 'scheduled', at: 20 }), row('1')].map((one) => [one.id, one]),
  )
  const lines = arrange(['4', '3', '2', '1'], (id) => rows.get(id), { text: '', sort: 'time', grouped: false, open: new Set() })
  assert.deepEqual(
    lines.map((line) => (line.kind === 'run' ? line.id : line.kind)),
    ['2', '3', 'now', '4', '1'],
  )
})

test('retried runs of a job are one line until it is opened', () => {
  const rows = new Map([row('3', { attempt: 2 }), row('2'), row('1', { attempt: 3 })].map((one) => [one.id, one]))
  const how = { text: '', sort: 'created', grouped: true } as const
  const shown = (open: string[]): string[] =>
    arrange(['3', '2', '1'], (id) => rows.get(id), { ...how, open: new Set(open) }).map((line) =>
      line.kind === 'run' ? line.id : line.kind,
    )
  assert.deepEqual(shown([]), ['group', '2'])
  assert.deepEqual(shown(['a']), ['group', '3', '1', '2'])
})

test('text narrows to ids that hold it, in either case', () => {
  assert.deepEqual(
    arrange(['XAB', 'XCD'], () => undefined, { text: 'ab', sort: 'created', grouped: false, open: new Set() }),
    [{ kind: 'run', id: 'XAB' }],
  )
})

test('the plain fields that most inputs have make columns', () => {
  assert.deepEqual(inputColumns([{ a: 1, b: {}, c: 'x' }, { c: 'y' }, null, [1], { d: null }], 2), ['c', 'a'])
})
