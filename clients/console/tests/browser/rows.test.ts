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

test('rows that come above leave those in sight where they are, and render none of them anew', async () => {
  const fleet = await Fleet.start('--slots', '16')
  const browser = await launch()
  try {
    await fleet.call('POST', '/v1/queues/many/pause')
    await fleet.submitMany(200, { job: 'noop', queue: 'many' })
    const { page, complaints } = await open(browser, `${fleet.url}/runs?queue=many`)
    await page.locator('.connection[data-state=live]').waitFor()
    const rows = (count: number) =>
      page.waitForFunction((all) => document.querySelector('[role=table]')?.getAttribute('aria-rowcount') === String(all + 1), count)
    await rows(200)
    await page.locator('.grid-scroll').evaluate((element) => (element.scrollTop = 4000))
    const row = page.locator('[data-run][aria-rowindex="105"]')
    await row.waitFor()
    const watched = await row.evaluateHandle((element) => {
      const changes: string[] = []
      const cells = new MutationObserver((records) => records.forEach(({ type, target }) => changes.push(`${type} of ${target.nodeName}`)))
      const options = { subtree: true, childList: true, characterData: true, attributes: true }
      for (const cell of element.children) cells.observe(cell, options)
      return { element, changes, top: element.getBoundingClientRect().top }
    })

    await fleet.submitMany(300, { job: 'noop', queue: 'many' })
    await rows(500)

    const after = await watched.evaluate(({ element, changes, top }) => ({
      changes,
      index: element.getAttribute('aria-rowindex'),
      isThere: element.isConnected,
      moved: element.getBoundingClientRect().top - top,
    }))
    assert.deepEqual(after, { changes: [], index: '405', isThere: true, moved: 0 })
    assert.deepEqual(complaints, [])
  } finally {
    await browser.close()
    await fleet.dispose()
  }
})
