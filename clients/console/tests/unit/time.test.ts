import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ago, createdAt, duration, moment, wireDuration } from '../../src/lib/time.ts'

test('a duration is told in two units at most', () => {
  const told = [0, 999, 1000, 4249, 59_999, 60_000, 200_000, 3_600_000, 7_500_000, 86_400_000, 356_400_000].map(duration)
  assert.deepEqual(told, ['0 ms', '999 ms', '1.0 s', '4.2 s', '59 s', '1 min', '3 min 20 s', '1 h', '2 h 5 min', '1 d', '4 d 3 h'])
})

test('how long ago is told in words', () => {
  assert.equal(ago(0, 200_000), '3 minutes ago')
  assert.equal(ago(7_300_000, 0), 'in 2 hours')
  assert.equal(ago(400, 0), 'now')
})

test('an id says when its run was created', () => {
  assert.equal(new Date(createdAt('01M89RMVF8003Z7ER8WS972YEW')).toISOString().slice(0, 16), '2026-11-25T16:29')
})

test('a moment is a span before now or a timestamp', () => {
  assert.equal(moment('15m', 1_000_000), 100_000)
  assert.equal(moment('2026-01-01T00:00:00Z', 0), Date.UTC(2026, 0, 1))
  assert.equal(moment('soon', 0), undefined)
  assert.equal(moment('', 0), undefined)
})

test('durations of the wire are read', () => {
  assert.equal(wireDuration('00:01:30'), 90_000)
  assert.equal(wireDuration('1.02:00:00.5'), 93_600_500)
  assert.equal(wireDuration(3), 3000)
  assert.equal(wireDuration(null), undefined)
})
