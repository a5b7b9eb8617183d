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

  const devtools = await page.context().newCDPSession(page)
  await devtools.send('Performance.enable')
  /** How much CPU time the thread of the page has had, in ms: of what else the machine does it knows nothing. */
  const cpuTime = async (): Promise<number> =>
    (await devtools.send('Performance.getMetrics')).metrics.find(({ name }) => name === 'ThreadTime')!.value * 1000

  // The compiler has functions remember their names, with a helper that the page does not have.
  await page.evaluate('globalThis.__name = (named) => named')
  const cpuBefore = await cpuTime()
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
        const end = performance.now() + ms
        let before = performance.now()
        const step = (now: number): void => {
          const passed = now - before
          frames.deltas.push(passed)
          before = now
          // As a wheel does: down and up again from where the list is, wherever rows that came have pushed it.
          document.querySelector('.grid-scroll')?.scrollBy(0, Math.sin(now / 700) * 5 * passed)
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
  const cpu = (await cpuTime()) - cpuBefore
  going = false
  await load

  const at = (values: number[], part: number): string => quantile(values, part).toFixed(1)
  const quantiles = (values: number[]): string =>
    `p50 ${at(values, 0.5)}  p95 ${at(values, 0.95)}  p99 ${at(values, 0.99)}  most ${at(values, 1)} ms`
  console.log(`runs a second   ${Math.round(sent / seconds)} submitted and executed, rows in the list at the end: ${frames.seen}`)
  console.log(`frames          ${quantiles(frames.deltas)}  (${frames.deltas.length})`)
  const share = `${(cpu / seconds / 10).toFixed(0)} % of a core`
  console.log(`page's thread   ${(cpu / frames.deltas.length).toFixed(1)} ms of CPU time a frame, ${share}`)
  console.log(`key to screen   ${quantiles(frames.keys)}  (${frames.keys.length})`)
  console.log(`long tasks      ${frames.longTasks.length} above 50 ms, the longest ${Math.max(0, ...frames.longTasks).toFixed(0)} ms`)
  if (complaints.length > 0) console.log(complaints.join('\n'))
} finally {
  await browser.close()
  await fleet.dispose()
}
