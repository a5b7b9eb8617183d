import { batch, signal, type Signal } from '@preact/signals'
import { isNewer, mergeIds, rowOfItem, rowOfRun, type Row } from '../lib/merge.ts'
import { createdAt } from '../lib/time.ts'
import { fleet } from './fleet.ts'
import type { FeedItem, Page, Run, RunQuery } from './wire.ts'

/** The most rows that are kept; the oldest go first. */
const mostRows = 20_000
const pageSize = 200

/** How many pages are read again after an interruption; older rows are read when somebody scrolls there. */
const mostReread = 10

/** Which runs a list shows. The feed's filter knows no time, and a run that leaves a state must be seen to, so the rest is held here. */
export interface ListFilter extends Omit<RunQuery, 'limit' | 'cursor' | 'since' | 'until'> {
  since?: number
  until?: number
}

/**
 * The runs of a list, as the server has them: read by pages, kept up by the feed alone. Each row is a signal of its own, so a change renders
 * one row; the order is another, which changes only when runs come or go.
 */
export class RunList {
  readonly ids = signal<readonly string[]>([])
  /** Goes up when what the arrangement of rows depends on changes in one of them: whether it waits for its time, whether it is retried. */
  readonly shape = signal(0)
  readonly loading = signal(true)
  readonly error = signal<unknown>(undefined)
  /** Whether there are older runs to read. */
  readonly more = signal(false)
  readonly #filter: ListFilter
  readonly #rows = new Map<string, Signal<Row>>()
  readonly #wanted = new Set<string>()
  readonly #end = new AbortController()
  #cursor: string | null = null
  #hydrating = 0

  constructor(filter: ListFilter) {
    this.#filter = filter
  }

  row(id: string): Signal<Row> | undefined {
    return this.#rows.get(id)
  }

  start(): () => void {
    const { job, queue, tag } = this.#filter
    fleet.watchFeed(
      { job, queue, tag },
      {
        signal: this.#end.signal,
        // The watch begins after the first page was asked for, and anew after an interruption: what changed meanwhile has to be read.
        onSnapshot: () => void this.#readAgain(),
        onRuns: (items) => this.#take(items),
        onError: (error) => (this.error.value = error),
      },
    )
    void this.#read()
    return () => this.#end.abort()
  }

  /** Reads the next page of older runs, if there is one. */
  async readMore(): Promise<void> {
    if (this.loading.value || !this.#cursor) return
    await this.#read(this.#cursor)
  }

  /** Asks for the whole of a run of which only its state is known. */
  want(id: string): void {
    const row = this.#rows.get(id)?.peek()
    if (!row || (row.run && row.run.seq >= row.seq) || (row.run && row.state !== 'scheduled')) return
    this.#wanted.add(id)
    this.#hydrate()
  }

  /** Takes runs out of sight that are about to be deleted; returns what brings them back. */
  hide(ids: readonly string[]): () => void {
    const gone = new Set(ids)
    const kept = ids.map((id) => this.#rows.get(id)?.peek()).filter((row) => row !== undefined)
    this.ids.value = this.ids.value.filter((id) => !gone.has(id))
    ids.forEach((id) => this.#rows.delete(id))
    return () => this.#put(kept)
  }

  async #read(cursor?: string): Promise<void> {
    this.loading.value = true
    try {
      const page = await this.#page(cursor)
      batch(() => {
        this.#put(page.items.map(rowOfRun))
        this.#reached(page.next)
      })
    } catch (error) {
      this.#fail(error)
    }
  }

  /** Reads what is shown again. What is not there any more, or does not match any more, goes. */
  async #readAgain(): Promise<void> {
    const before = this.ids.peek()
    if (before.length === 0) return this.#read()
    const oldest = before[before.length - 1]!
    const seen = new Set<string>()
    let cursor: string | undefined
    let next: string | null = null
    try {
      for (let pages = 0; pages < mostReread; pages++) {
        const page = await this.#page(cursor)
        this.#put(page.items.map(rowOfRun))
        page.items.forEach((run) => seen.add(run.id))
        next = page.next
        if (next === null || (page.items.at(-1)?.id ?? oldest) <= oldest) break
        cursor = next
      }
      batch(() => {
        this.hide(before.filter((id) => !seen.has(id)))
        this.#reached(next)
      })
    } catch (error) {
      this.#fail(error)
    }
  }

  #page(cursor?: string): Promise<Page<Run>> {
    const { since, until, ...rest } = this.#filter
    const query: RunQuery = { ...rest, limit: pageSize, cursor, since: time(since), until: time(until) }
    return fleet.runs.list(query, { signal: this.#end.signal })
  }

  /** Notes how far it was read. */
  #reached(next: string | null): void {
    this.#cursor = next
    this.more.value = next !== null
    this.error.value = undefined
    this.loading.value = false
  }

  #fail(error: unknown): void {
    if (this.#end.signal.aborted) return
    batch(() => {
      this.error.value = error
      this.loading.value = false
    })
  }

  #take(items: readonly FeedItem[]): void {
    this.#put(
      items
        .filter((item) => isNewer(item.seq, this.#rows.get(item.id)?.peek()))
        .map((item) => rowOfItem(item, this.#rows.get(item.id)?.peek())),
    )
  }

  #put(rows: readonly Row[]): void {
    const added: string[] = []
    const left = new Set<string>()
    batch(() => {
      for (const row of rows) {
        const known = this.#rows.get(row.id)
        if (!this.#matches(row)) {
          if (known) left.add(row.id)
        } else if (!known) {
          this.#rows.set(row.id, signal(row))
          added.push(row.id)
        } else if (isNewer(row.seq, known.peek())) {
          if (arrangedOtherwise(row, known.peek())) this.shape.value++
          known.value = { ...row, run: row.run ?? known.peek().run }
        } else if (row.run && !known.peek().run) {
          known.value = { ...known.peek(), run: row.run }
        }
      }
      left.forEach((id) => this.#rows.delete(id))
      if (added.length === 0 && left.size === 0) return
      const stayed = left.size === 0 ? this.ids.peek() : this.ids.peek().filter((id) => !left.has(id))
      const all = mergeIds(stayed, added)
      all.slice(mostRows).forEach((id) => this.#rows.delete(id))
      this.ids.value = all.length > mostRows ? all.slice(0, mostRows) : all
    })
  }

  #matches(row: Row): boolean {
    const { state, since, until } = this.#filter
    if (state && row.state !== state) return false
    if (since === undefined && until === undefined) return true
    const created = createdOf(row)
    return (since === undefined || created >= since) && (until === undefined || created < until)
  }

  /** A few at a time, the newest wish first: who scrolls past does not wait for what is out of sight. */
  #hydrate(): void {
    while (this.#hydrating < 4 && this.#wanted.size > 0) {
      const id = [...this.#wanted].at(-1)!
      this.#wanted.delete(id)
      this.#hydrating++
      fleet.runs
        .get(id, { signal: this.#end.signal })
        .then((run: Run) => {
          const row = this.#rows.get(id)
          if (!row) return
          row.value = { ...row.peek(), run }
          if (run.state === 'scheduled') this.shape.value++
        })
        .catch(() => {})
        .finally(() => {
          this.#hydrating--
          this.#hydrate()
        })
    }
  }
}

const arrangedOtherwise = (row: Row, before: Row): boolean =>
  (row.state === 'scheduled') !== (before.state === 'scheduled') || row.attempt > 1 !== before.attempt > 1

const time = (at: number | undefined): string | undefined => (at === undefined ? undefined : new Date(at).toISOString())
const createdOf = (row: Row): number => (row.run ? Date.parse(row.run.createdAt) : createdAt(row.id))
