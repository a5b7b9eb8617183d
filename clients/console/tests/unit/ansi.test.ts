import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ansi, plain } from '../../src/lib/ansi.ts'

test('a line without escapes is one span', () => {
  assert.deepEqual(ansi('hello'), [{ text: 'hello', className: '' }])
  assert.deepEqual(ansi(''), [])
})

test('colours and marks begin and end', () => {
  assert.deepEqual(ansi('a\x1b[1;31mb\x1b[22mc\x1b[0md'), [
    { text: 'a', className: '' },
    { text: 'b', className: 'fg-1 bold' },
    { text: 'c', className: 'fg-1' },
    { text: 'd', className: '' },
  ])
})

test('bright colours and backgrounds have places of their own', () => {
  assert.deepEqual(ansi('\x1b[97;44mx\x1b[39;49my'), [
    { text: 'x', className: 'fg-15 bg-4' },
    { text: 'y', className: '' },
  ])
})

test('colours beyond the sixteen are written out', () => {
  assert.deepEqual(ansi('\x1b[38;2;1;2;300mx'), [{ text: 'x', className: '', color: 'rgb(1 2 255)' }])
  assert.deepEqual(ansi('\x1b[38;5;196mx'), [{ text: 'x', className: '', color: 'rgb(255 0 0)' }])
  assert.deepEqual(ansi('\x1b[48;5;244;1mx'), [{ text: 'x', className: 'bold', background: 'rgb(128 128 128)' }])
  assert.deepEqual(ansi('\x1b[38;5;9mx'), [{ text: 'x', className: 'fg-9' }])
})

test("what would move a terminal's cursor or name its window is left out", () => {
  assert.equal(plain('\x1b[2K\x1b]0;title\x07a\x1b[3Ab\r\x08'), 'ab')
  assert.deepEqual(ansi('\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\'), [{ text: 'link', className: '' }])
})
