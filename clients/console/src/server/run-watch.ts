import { batch, signal } from '@preact/signals'
import { fleet } from './fleet.ts'
import type { Run, RunEvent } from './wire.ts'

/** One run and its timeline, kept up live. The events are one growing list; its length is what renderers go by. */
export class WatchedRun {
  readonly run = signal<Run | undefined>(undefined)
  readonly error = signal<unknown>(undefined)
  readonly length = signal(0)
  /** Whether events are missing for ever before the oldest that is there. */
  readonly gap = signal(false)
  /** How many watch the run, this page among them, on whatever server. */
  readonly watchers = signal(1)
  readonly events: RunEvent[] = []
  /** The log lines among the events, each with its place among all. */
  readonly lines: { event: number; seq: number }[] = []
  readonly #id: string
  readonly #end = new AbortController()
  #due = false
  #refreshing = false

  constructor(id: string) {
    this.#id = id
  }

  start(): () => void {
    fleet.watchRun(this.#id, {
      signal: this.#end.signal,
      onSnapshot: (run: Run) => this.#takeRun(run),
      onEvent: (event: RunEvent) => this.#takeEvent(event),
      onGap: () => (this.gap.value = true),
      onWatchers: (count: number) => (this.watchers.value = count),
      onError: (error: unknown) => (this.error.value = error),
    })
    return () => this.#end.abort()
  }

  #takeRun(run: Run): void {
    batch(() => {
      this.run.value = run
      this.error.value = undefined
    })
  }

  #takeEvent(event: RunEvent): void {
    this.events.push(event)
    if (event.type === 'log') this.lines.push({ event: this.events.length - 1, seq: event.seq })
    // Whoever logs thousands of lines a second is shown them once a frame.
    if (!this.#due) {
      this.#due = true
      requestAnimationFrame(() => this.#show())
    }
    if (event.type !== 'log' && event.type !== 'progress') void this.#refresh()
  }

  #show(): void {
    this.#due = false
    this.length.value = this.events.length
  }

  /** What an event changes of the record, the record knows best: attempts, times, output. */
  async #refresh(): Promise<void> {
    if (this.#refreshing) return
    this.#refreshing = true
    try {
      let before: number
      do {
        before = this.events.length
        this.#takeRun(await fleet.runs.get(this.#id, { signal: this.#end.signal }))
      } while (this.events.slice(before).some((event) => event.type !== 'log' && event.type !== 'progress'))
    } catch {
      // The watch itself says when the run cannot be read.
    } finally {
      this.#refreshing = false
    }
  }
}
