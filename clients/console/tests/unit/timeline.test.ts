import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bars, eventsBy, extent, momentAfter } from '../../src/lib/timeline.ts'
import type { Run, RunEvent } from '../../src/server/wire.ts'

const at = (second: number): string => new Date(second * 1000).toISOString()
const event = (seq: number, type: RunEvent['type'], second: number, attempt = 0, data: unknown = null): RunEvent =>
  ({ seq, type, at: at(second), attempt, data }) as RunEvent

const life = [
  event(1, 'queued', 0),
  event(2, 'started', 1, 1, { worker: 'w1' }),
  event(3, 'log', 2, 1, { line: 'x' }),
  event(4, 'progress', 2, 1, { value: 0.5, message: 'half' }),
  event(5, 'retrying', 3, 1, { error: { type: 't', message: 'no' }, dueAt: at(6) }),
  event(6, 'queued', 6, 1),
  event(7, 'started', 7, 2, { worker: 'w2' }),
  event(8, 'succeeded', 9, 2, { output: 42 }),
]

test('waiting, attempts and pauses are stretches that follow each other', () => {
  assert.deepEqual(
    bars(life).map((bar) => [bar.kind, bar.from / 1000, bar.to! / 1000, bar.end, bar.attempt]),
    [
      ['queued', 0, 1, 'started', 0],
      ['running', 1, 3, 'retrying', 1],
      ['backoff', 3, 6, 'queued', 1],
      ['queued', 6, 7, 'started', 1],
      ['running', 7, 9, 'succeeded', 2],
    ],
  )
})

test('what goes on has no end', () => {
  assert.equal(bars(life.slice(0, 7)).at(-1)!.to, undefined)
  assert.equal(bars([event(1, 'scheduled', 0, 0, { dueAt: at(5) })])[0]!.kind, 'scheduled')
})

test('a lost worker gives the run back', () => {
  const all = bars([event(1, 'queued', 0), event(2, 'started', 1, 1), event(3, 'recovered', 20, 1), event(4, 'queued', 20, 1)])
  assert.deepEqual(
    all.map((bar) => [bar.kind, bar.end]),
    [
      ['queued', 'started'],
      ['running', 'recovered'],
      ['queued', 'queued'],
      ['queued', undefined],
    ],
  )
})

test('a run is what its events had made of it', () => {
  assert.equal(momentAfter(life, 0).state, 'queued')
  const half = momentAfter(life, 4)
  assert.deepEqual([half.state, half.attempt, half.worker, half.progress], ['running', 1, 'w1', { value: 0.5, message: 'half' }])
  const waiting = momentAfter(life, 5)
  assert.deepEqual([waiting.state, waiting.error?.message, waiting.dueAt], ['scheduled', 'no', at(6)])
  const end = momentAfter(life, 8)
  assert.deepEqual([end.state, end.output, end.error, end.finishedAt, end.worker], ['succeeded', 42, undefined, at(9), 'w2'])
})

test('the events up to a moment are found', () => {
  assert.deepEqual(
    [-1, 0, 2, 2.5, 100].map((second) => eventsBy(life, second * 1000)),
    [0, 1, 4, 4, 8],
  )
})

test('the picture ends with the run, or now', () => {
  const run = { createdAt: at(0), finishedAt: at(9) } as Run
  assert.deepEqual(extent(run, life, 0), [0, 9000])
  assert.deepEqual(extent({ ...run, finishedAt: null }, life.slice(0, 2), 50_000), [0, 50_000])
})
