// Makes a picture of each page: node --import tsx tests/browser/screenshots.ts FOLDER

import { mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { launch, open } from './support/browser.ts'
import { Fleet } from './support/fleet.ts'
import { makeScene, pagesOf } from './support/scene.ts'

const folder = resolve(process.argv[2] ?? 'screenshots')
mkdirSync(folder, { recursive: true })
const fleet = await Fleet.start()
const browser = await launch()
try {
  const scene = await makeScene(fleet)
  const sizes = [
    { width: 1440, height: 900, theme: 'light' },
    { width: 1440, height: 900, theme: 'dark' },
    { width: 390, height: 844, theme: 'light' },
  ] as const
  for (const size of sizes) {
    for (const [name, path] of Object.entries(pagesOf(scene))) {
      const { page, context } = await open(browser, fleet.url + path, size)
      await page.locator('.connection[data-state=live]').waitFor()
      await page.waitForFunction(() => document.querySelector('main .skeleton, main [aria-busy=true]') === null)
      await page.screenshot({ path: join(folder, `${name}-${size.width}-${size.theme}.png`) })
      await context.close()
    }
  }
  console.log(`The pictures are in ${folder}.`)
} finally {
  await browser.close()
  await fleet.dispose()
}
