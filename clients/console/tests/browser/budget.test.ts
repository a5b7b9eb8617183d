import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { dist } from './support/fleet.ts'

const budget = 150 * 1024

test('the whole page is below 150 KB, compressed as the weaker of two codings does it', () => {
  const files = readdirSync(dist, { recursive: true, withFileTypes: true }).filter(
    (entry) => entry.isFile() && !/\.(br|gz)$/.test(entry.name),
  )
  const size = files.reduce((sum, file) => sum + gzipSync(readFileSync(join(file.parentPath, file.name))).length, 0)
  assert.ok(files.some((file) => file.name.endsWith('.js')))
  assert.ok(size < budget, `${size} bytes`)
})

test('nothing of it is written into the page itself, so that the policy can forbid that', () => {
  const page = readFileSync(join(dist, 'index.html'), 'utf8')
  assert.doesNotMatch(page, /<script(?![^>]*\bsrc=)/)
  assert.doesNotMatch(page, /<style|\sstyle=|\son\w+=/)
})
