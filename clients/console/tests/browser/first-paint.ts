// Measures how soon the overview is of use with nothing of it in the cache: node --import tsx tests/browser/first-paint.ts [LOADS]

import { launch, patience } from './support/browser.ts'
import { Fleet } from './support/fleet.ts'
import { quantile } from './support/quantile.ts'
import { makeScene } from './support/scene.ts'

const loads = Number(process.argv[2] ?? 15)

/** When something was on the screen, in ms since the page was asked for. */
interface Load {
  /** Anything of the page. */
  paint: number
  /** The first of the fleet's numbers. */
  number: number
  /** All of them. */
  numbers: number
}

/** Goes into the page before anything of its own: looks in each frame at what it shows, until all numbers are there. */
function measure(): void {
  const load: Load = { paint: 0, number: 0, numbers: 0 }
  new PerformanceObserver((list) => {
    for (const entry of list.getEntriesByName('first-contentful-paint')) load.paint = entry.startTime
  }).observe({ type: 'paint', buffered: true })
  const measured = new Promise<Load>((done) => {
    const look = (): void => {
      const figures = document.querySelectorAll('.figure-value').length
      const waiting = document.querySelectorAll('.figure-value .skeleton').length
      // What is there at the beginning of a frame is on the screen at its end.
      setTimeout(() => {
        if (waiting < figures) load.number ||= performance.now()
        if (waiting === 0 && figures > 0) load.numbers ||= performance.now()
        if (load.numbers > 0 && load.paint > 0) done(load)
        else requestAnimationFrame(look)
      })
    }
    requestAnimationFrame(look)
  })
  Object.assign(globalThis, { measured })
}

const fleet = await Fleet.start()
const browser = await launch()
try {
  await makeScene(fleet)
  const measured: Load[] = []
  // The first one warms the server up and does not count.
  for (let load = 0; load <= loads; load++) {
    // A context has a cache of its own, which is empty.
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } })
    context.setDefaultTimeout(patience)
    const page = await context.newPage()
    // The compiler has functions remember their names, with a helper that the page does not have.
    await page.addInitScript('globalThis.__name = (named) => named')
    await page.addInitScript(measure)
    await page.goto(fleet.url)
    const times = await page.evaluate<Load>('measured')
    if (load > 0) measured.push(times)
    await context.close()
  }
  const line = (name: string, of: (load: Load) => number): void => {
    const times = measured.map(of)
    console.log(`${name.padEnd(14)}  p50 ${quantile(times, 0.5).toFixed(0)}  most ${Math.max(...times).toFixed(0)} ms`)
  }
  console.log(`${measured.length} loads with nothing cached`)
  line('first paint', (load) => load.paint)
  line('first number', (load) => load.number)
  line('all numbers', (load) => load.numbers)
} finally {
  await browser.close()
  await fleet.dispose()
}
