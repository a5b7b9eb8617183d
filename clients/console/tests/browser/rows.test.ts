import assert from 'node:assert/strict'
import { test } from 'node:test'
import { launch, open } from './support/browser.ts'
import { Fleet } from './support/fleet.ts'

const total = 10_000

test('of ten thousand rows only those in sight exist, and the oldest can be reached', async () => {
  const fleet = await Fleet.start('--slots', '16')
  const browser = await launch()
  try {
    await fleet.call('POST', '/v1/queues/many/pause')
    const { page, complaints } = await open(browser, `${fleet.url}/runs?queue=many`)
    await page.locator('.connection[data-state=live]').waitFor()
    const ids = await fleet.submitMany(total, { job: 'noop', queue: 'many' })
    const oldest = ids.toSorted()[0]!
    await page.waitForFunction(
      (count) => document.querySelector('[role=table]')?.getAttribute('aria-rowcount') === String(count + 1),
      total,
    )

    const scroll = page.locator('.grid-scroll')
    await scroll.evaluate((element) => (element.scrollTop = element.scrollHeight))
    await page.locator(`[data-run="${oldest}"]`).waitFor()
    assert.ok((await page.locator('[data-run]').count()) < 80)

    // Read from the server instead of seen as they came: page by page, as one scrolls.
    await page.reload()
    await page.locator('[data-run]').first().waitFor()
    await page.waitForFunction(
      async (id) => {
        const element = document.querySelector('.grid-scroll')!
        element.scrollTop = element.scrollHeight
        return document.querySelector(`[data-run="${id}"]`) !== null
      },
      oldest,
      { polling: 50 },
    )
    assert.ok((await page.locator('[data-run]').count()) < 80)
    assert.deepEqual(complaints, [])
  } finally {
    await browser.close()
    await fleet.dispose()
  }
})
