// Measures how smooth the list of runs stays while the feed brings changes: node --import tsx tests/browser/frames.ts [CHANGES] [SECONDS]

import { launch, open } from './support/browser.ts'
import { Fleet } from './support/fleet.ts'
import { quantile } from './support/quantile.ts'

const wanted = Number(process.argv[2] ?? 5000)
const seconds = Number(process.argv[3] ?? 20)
const tick = 100

interface Frames {
  deltas: number[]
  longTasks: number[]
  keys: number[]
  seen: number
}

const fleet = await Fleet.start('--slots', '256')
const browser = await launch()
try {
  const { page, complaints } = await open(browser, `${fleet.url}/runs`)
  await page.locator('.connection[data-state=live]').waitFor()

  let going = true
  let sent = 0
  const load = (async () => {
    const began = performance.now()
    const under = new Set<Promise<unknown>>()
    while (going) {
      const due = Math.floor(((performance.now() - began) / 1000) * wanted) - sent
      if (due > 0 && under.size < 4) {
        const call = fleet.submitMany(Math.min(due, 2000), { job: 'noop', input: {} }).finally(() => under.delete(call))
        sent += Math.min(due, 2000)
        under.add(call)
      }
      await new Promise((resolve) => setTimeout(resolve, tick))
    }
    await Promise.all(under)
  })()

  // The compiler has functions remember their names, with a helper that the page does not have.
  await page.evaluate('globalThis.__name = (named) => named')
  const measured = page.evaluate<Frames, number>(
    (ms) =>
      new Promise((done) => {
        const frames: Frames = { deltas: [], longTasks: [], keys: [], seen: 0 }
        new PerformanceObserver((list) => list.getEntries().forEach((entry) => frames.longTasks.push(entry.duration))).observe({
          type: 'longtask',
        })
        // How long after a key its letter was on the screen.
        document.addEventListener(
          'keydown',
          (event) => requestAnimationFrame(() => setTimeout(() => frames.keys.push(performance.now() - event.timeStamp))),
          true,
        )
        const scroll = document.querySelector('.grid-scroll')
        const end = performance.now() + ms
        let before = performance.now()
        const step = (now: number): void => {
          frames.deltas.push(now - before)
          before = now
          const list = document.querySelector('.grid-scroll') ?? scroll
          if (list) list.scrollTop = (Math.sin(now / 700) + 1) * 4000
          if (performance.now() < end) requestAnimationFrame(step)
          else {
            frames.seen = Number(document.querySelector('[role=table]')?.getAttribute('aria-rowcount')) - 1
            done(frames)
          }
        }
        requestAnimationFrame(step)
      }),
    seconds * 1000,
  )
  const typing = (async () => {
    const search = page.getByLabel('Tag', { exact: true })
    await search.focus()
    const end = performance.now() + seconds * 1000 - 500
    while (performance.now() < end) {
      await page.keyboard.type('abc')
      await page.keyboard.press('Backspace')
      await new Promise((resolve) => setTimeout(resolve, 80))
    }
  })()
  // Together, or the failure of one while the other is awaited would end this process and leave Fleet running.
  const [frames] = await Promise.all([measured, typing])
  going = false
  await load

  const at = (values: number[], part: number): string => quantile(values, part).toFixed(1)
  const quantiles = (values: number[]): string =>
    `p50 ${at(values, 0.5)}  p95 ${at(values, 0.95)}  p99 ${at(values, 0.99)}  most ${at(values, 1)} ms`
  console.log(`runs a second   ${Math.round(sent / seconds)} submitted and executed, rows in the list at the end: ${frames.seen}`)
  console.log(`frames          ${quantiles(frames.deltas)}  (${frames.deltas.length})`)
  console.log(`key to screen   ${quantiles(frames.keys)}  (${frames.keys.length})`)
  console.log(`long tasks      ${frames.longTasks.length} above 50 ms, the longest ${Math.max(0, ...frames.longTasks).toFixed(0)} ms`)
  if (complaints.length > 0) console.log(complaints.join('\n'))
} finally {
  await browser.close()
  await fleet.dispose()
}
