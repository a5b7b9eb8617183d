import assert from 'node:assert/strict'
import { after, afterEach, before, test } from 'node:test'
import type { Browser } from 'playwright-core'
import type { Run } from '../../src/server/wire.ts'
import { launch, open, type Watched } from './support/browser.ts'
import { Fleet } from './support/fleet.ts'

let fleet: Fleet
let browser: Browser
let watched: Watched

before(async () => {
  fleet = await Fleet.start()
  browser = await launch()
})
after(async () => {
  await browser?.close()
  await fleet?.dispose()
})
afterEach(async () => {
  await watched.context.close()
  assert.deepEqual(watched.complaints, [])
})

const visit = async (path: string, expected?: RegExp) => (watched = await open(browser, fleet.url + path, { expected })).page

test('from New run to success on the page of the run', async () => {
  const page = await visit('/')
  await page.getByRole('link', { name: 'New run' }).click()
  await page.locator('#job').selectOption('text.stats')
  await page.getByLabel('Text', { exact: true }).fill('to be or not to be')
  await page.waitForFunction(() => document.querySelector<HTMLTextAreaElement>('#raw')!.value.includes('"text": "to be or not to be"'))
  assert.match(await page.getByLabel('The call', { exact: true }).innerText(), /\/v1\/runs/)
  await page.getByRole('button', { name: 'C#', exact: true }).click()
  assert.match(await page.getByLabel('The call', { exact: true }).innerText(), /SubmitAsync\(new NewRun/)

  await page.getByRole('button', { name: 'Start the run' }).click()

  await page.waitForURL(/\/runs\/[0-9A-Z]{26}$/)
  await page.locator('.page-head .state.succeeded').waitFor()
  await page.getByLabel('Output as JSON').getByText('"words"').first().waitFor()
  await page.getByText('As it ended').waitFor()
})

test('what is typed into a form survives a reload, follows the raw JSON, and is checked before it is sent', async () => {
  const page = await visit('/new?job=sleep')
  await page.getByRole('textbox', { name: 'Input as JSON' }).fill('{"seconds": -1}')
  await page.getByRole('button', { name: 'Start the run' }).click()
  await page.locator('.fault', { hasText: 'must be at least' }).first().waitFor()
  await page.getByLabel('Seconds').fill('7')
  await page.waitForFunction(() => document.querySelector<HTMLTextAreaElement>('#raw')!.value.includes('7'))

  await page.reload()

  assert.equal(await page.getByLabel('Seconds').inputValue(), '7')
  assert.match(await page.getByRole('textbox', { name: 'Input as JSON' }).inputValue(), /"seconds": 7/)
})

test('a list shows runs as they come and change, without a reload', async () => {
  const page = await visit('/runs?job=sleep')
  await page.locator('.connection[data-state=live]').waitFor()
  const run = await fleet.submit({ job: 'sleep', input: { seconds: 600 } })
  const row = page.locator(`[data-run="${run.id}"]`)
  await row.locator('.state.running').first().waitFor()

  await row.getByRole('checkbox').check()
  await page.getByRole('region', { name: 'Selected runs' }).getByRole('button', { name: 'Cancel' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel the run' }).click()

  await row.locator('.state.cancelled').first().waitFor()
  await page.getByRole('button', { name: 'Undo' }).click()
  await row.locator('.state.running').first().waitFor()
  await fleet.call('POST', `/v1/runs/${run.id}/cancel`)
  await row.locator('.state.cancelled').first().waitFor()
})

test('the keyboard walks the list, opens a run and finds the search', async () => {
  const ids = await fleet.submitMany(3, { job: 'noop', tags: ['keys'] })
  const newest = ids.toSorted().reverse()
  const page = await visit('/runs?tag=keys')
  await page.locator(`[data-run="${newest[2]}"]`).waitFor()
  await page.keyboard.press('/')
  await page.waitForFunction(() => document.activeElement?.getAttribute('aria-label') === 'Search by id')
  await page.keyboard.type(newest[1]!.slice(-6))
  await page.waitForURL(/q=/)
  assert.equal(await page.locator('[data-run]').count(), 1)
  await page.keyboard.press('ControlOrMeta+a')
  await page.keyboard.press('Delete')
  await page.keyboard.press('Escape')
  await page.locator(`[data-run="${newest[2]}"]`).waitFor()
  await page.keyboard.press('j')
  await page.keyboard.press('j')
  await page.keyboard.press('Enter')
  await page.waitForURL(new RegExp(newest[1]!))
})

test('filters are in the address, and back and forward go through them', async () => {
  await Promise.all((await fleet.submitMany(2, { job: 'noop', queue: 'other', tags: ['mine'] })).map((id) => fleet.ended(id)))
  const page = await visit('/runs')
  await page.getByLabel('Queue', { exact: true }).selectOption('other')
  await page
    .getByRole('group', { name: 'State' })
    .getByRole('button', { name: /^succeeded/ })
    .click()
  await page.waitForURL((url) => url.searchParams.get('queue') === 'other' && url.searchParams.get('state') === 'succeeded')
  await page.waitForFunction(() => document.querySelectorAll('[data-run]').length === 2)

  await page.goBack()
  await page.waitForURL((url) => url.searchParams.get('state') === null && url.searchParams.get('queue') === 'other')
  await page.reload()
  await page.waitForFunction(() => document.querySelectorAll('[data-run]').length === 2)
  assert.equal(await page.getByLabel('Queue', { exact: true }).inputValue(), 'other')
})

test('a run shows its log in colours, lets go of the end, and shows itself as it was', async () => {
  const lines = 'for i in $(seq 1 300); do printf "\\e[31mline %d\\e[0m\\n" $i; done'
  // Due later, because an idle worker starts a run in the millisecond in which it was made.
  const run = await fleet.submit({ job: 'process', delay: 1, input: { file: 'bash', args: ['-c', lines] } })
  await fleet.ended(run.id)
  const page = await visit(`/runs/${run.id}`)
  await page.locator('.log-text .fg-1', { hasText: /^line 300$/ }).waitFor()
  await page.locator('.log-scroll').evaluate((log) => (log.scrollTop = 0))
  await page.locator('.log-text', { hasText: /^line 1$/ }).waitFor()
  await page.getByRole('button', { name: 'Follow the end' }).click()
  await page.locator('.log-text', { hasText: /^line 300$/ }).waitFor()
  await page.getByLabel('Search the log').fill('line 150')
  await page.locator('.log-line.found', { hasText: 'line 150' }).waitFor()

  await page.getByRole('slider', { name: /Moment/ }).fill(String(Date.parse(run.createdAt)))
  await page.getByText('As it was at').waitFor()
  await page.locator('.page-head .state.scheduled').waitFor()
  await page.getByRole('button', { name: 'Back to the end' }).click()
  await page.locator('.page-head .state.succeeded').waitFor()
})

test('who else watches a run is told, and that nobody does any more', async () => {
  const run = await fleet.submit({ job: 'sleep', input: { seconds: 600 } })
  const page = await visit(`/runs/${run.id}`)
  const other = await open(browser, `${fleet.url}/runs/${run.id}`)
  await page.getByText('you and 1 more').waitFor()

  await other.context.close()

  await page.getByText('you and 1 more').waitFor({ state: 'detached' })
})

test('a run is forked with an input that was changed', async () => {
  const run = await fleet.submit({ job: 'text.stats', input: { text: 'one' } })
  await fleet.ended(run.id)
  const page = await visit(`/runs/${run.id}`)
  await page.getByRole('button', { name: 'Fork' }).click()
  await page.getByRole('dialog').getByLabel('Input').fill('{"text": "one two three"}')
  await page.getByRole('dialog').getByRole('button', { name: 'Start the run' }).click()
  await page.waitForURL((url) => url.pathname.startsWith('/runs/') && !url.pathname.includes(run.id))
  await page.getByLabel('Input as JSON').getByText('one two three').waitFor()
  await page.locator('.page-head .state.succeeded').waitFor()
})

// The browser itself writes down that a cron expression was refused.
test('a schedule is made with its next times shown while one types', async () => {
  const page = await visit('/schedules?new=1', /422/)
  await page.getByLabel(/^Name/).fill('weekly')
  await page.getByLabel(/^Cron/).fill('61 * * * *')
  await page.locator('#s-cron-fault').waitFor()
  await page.getByLabel(/^Cron/).fill('0 6 * * MON')
  await page.waitForFunction(() => document.querySelectorAll('[aria-label="The next times"] time').length === 10)
  await page.getByLabel(/^Job/).selectOption('noop')
  await page.getByRole('button', { name: 'Create the schedule' }).click()
  await page.waitForURL(/\/schedules\/weekly$/)
  await page.getByRole('button', { name: 'Trigger' }).click()
  await page.getByRole('button', { name: 'Show it' }).click()
  await page.locator('.page-head .state.succeeded').waitFor()
})

test('a job is described with its names as code, and a schedule without tenths of a second', async () => {
  const page = await visit('/jobs/text.stats')
  await page.locator('main p code', { hasText: 'path' }).waitFor()
  await fleet.call('PUT', '/v1/schedules/often', { every: '00:00:05', job: 'noop', paused: true })
  await page.goto(`${fleet.url}/schedules/often`)
  await page.getByText('every 5 s', { exact: true }).waitFor()
})

test('the runs of a schedule are found behind thousands of others, and further back for the asking', async () => {
  await fleet.call('PUT', '/v1/schedules/rare', { cron: '0 0 1 1 *', job: 'noop', paused: true })
  const own = await fleet.call<Run>('POST', '/v1/schedules/rare/trigger')
  await fleet.call('POST', '/v1/queues/others/pause')
  await fleet.submitMany(9000, { job: 'noop', queue: 'others' })

  const page = await visit('/schedules/rare')
  const history = page.getByRole('region', { name: 'Its newest runs' })
  await history.getByRole('link', { name: own.id }).waitFor()
  assert.equal(await history.getByRole('button', { name: 'Include older ones' }).count(), 0)

  // Farther back than the server looks for one page.
  await fleet.submitMany(10_000, { job: 'noop', queue: 'others' })
  await fleet.submitMany(2000, { job: 'noop', queue: 'others' })
  await history.getByText("None of the fleet's newest runs is its own").waitFor()
  await history.getByRole('button', { name: 'Include older ones' }).click()
  await history.getByRole('link', { name: own.id }).waitFor()
})

test('failures are grouped, and all of a group is retried at once', async () => {
  await Promise.all(
    (await fleet.submitMany(5, { job: 'fail', input: { message: 'customer 1 is gone' }, maxAttempts: 1 })).map((id) => fleet.ended(id)),
  )
  const page = await visit('/failed')
  const group = page.getByRole('row', { name: /is gone/ })
  await group.getByRole('cell', { name: '5', exact: true }).waitFor()
  await group.getByRole('button', { name: /Retry all/ }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Retry them' }).click()
  await page.getByText('Retrying 5 runs').waitFor()
})

test('failures beyond the newest thousand are there for the asking', async () => {
  const ids = await fleet.submitMany(1005, { job: 'fail', input: { message: 'disk full' }, maxAttempts: 1 })
  for (const id of ids) await fleet.ended(id)
  const page = await visit('/failed')
  const group = page.getByRole('row', { name: /disk full/ })
  await group.getByRole('cell', { name: '1,000', exact: true }).waitFor()
  await page.getByRole('button', { name: 'Include older ones' }).click()
  await group.getByRole('cell', { name: '1,005', exact: true }).waitFor()
  assert.equal(await page.getByRole('button', { name: 'Include older ones' }).count(), 0)
})

test('a server that restarts is waited for, and what happened meanwhile is shown', async () => {
  const page = await visit('/runs?job=noop', /ERR_|WebSocket|Failed to (fetch|load)|503|502/)
  await page.locator('.connection[data-state=live]').waitFor()
  await fleet.end()
  await page.locator('.connection[data-state=offline]').waitFor()
  await page.getByRole('alert').getByText('The connection to Fleet is lost').waitFor()

  await fleet.begin()

  await page.locator('.connection[data-state=live]').waitFor()
  const run = await fleet.submit({ job: 'noop' })
  await page.locator(`[data-run="${run.id}"] .state.succeeded`).first().waitFor()
  assert.equal(await page.getByRole('alert').count(), 0)
})
