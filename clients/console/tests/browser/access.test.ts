import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { after, before, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { launch, open } from './support/browser.ts'
import { Fleet } from './support/fleet.ts'
import { makeScene, pagesOf, type Scene } from './support/scene.ts'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

interface Finding {
  id: string
  impact: string | null
  nodes: { target: string[]; failureSummary?: string }[]
}

let fleet: Fleet
let browser: Browser
let scene: Scene

before(async () => {
  fleet = await Fleet.start()
  browser = await launch()
  scene = await makeScene(fleet)
})
after(async () => {
  await browser?.close()
  await fleet?.dispose()
})

const shapes = [
  { theme: 'light', width: 1280 },
  { theme: 'dark', width: 1280 },
  { theme: 'light', width: 390 },
] as const

for (const shape of shapes) {
  test(`nothing on any page keeps anybody out, ${shape.theme} at ${shape.width} px, and no page complains`, async () => {
    for (const [name, path] of Object.entries(pagesOf(scene))) {
      const { page, context, complaints } = await open(browser, fleet.url + path, { ...shape, height: 844 })
      await page.locator('.connection[data-state=live]').waitFor({ state: 'attached' })
      await page.waitForFunction(() => document.querySelector('main .skeleton, main [aria-busy=true]') === null)
      // The page's policy lets no script in that did not come with it, so axe comes by another door.
      const findings = await page.evaluate<Finding[]>(`(async () => { ${axe}; return (await axe.run()).violations })()`)
      const serious = findings.filter((finding) => finding.impact === 'serious' || finding.impact === 'critical')
      assert.deepEqual(
        serious.map((finding) => `${finding.id}: ${finding.nodes.map((node) => node.target.join(' ')).join(', ')}`),
        [],
        name,
      )
      const wide = await page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth)
      assert.equal(wide, false, `${name} is wider than its window`)
      const outside = await page.evaluate(
        () =>
          [...document.querySelectorAll('.lane .bar')].filter(
            (bar) => bar.getBoundingClientRect().right > bar.parentElement!.getBoundingClientRect().right + 0.5,
          ).length,
      )
      assert.equal(outside, 0, `no bar of ${name} sticks out of its lane`)
      // What counts failures comes after the page, and makes the navigation longer.
      await page.locator('.nav .badge').waitFor()
      const here = await page.evaluate(() => {
        const [nav, link] = ['.nav', '.nav [aria-current=page]'].map((part) => document.querySelector(part)!.getBoundingClientRect())
        return link!.left >= nav!.left && link!.right <= nav!.right
      })
      assert.ok(here, `the navigation shows that one is at ${name}`)
      assert.deepEqual(complaints, [], name)
      await context.close()
    }
  })
}
