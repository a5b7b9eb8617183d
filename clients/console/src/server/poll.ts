import { effect, signal, type ReadonlySignal } from '@preact/signals'
import { useEffect, useMemo } from 'preact/hooks'
import { connection } from './fleet.ts'

/** What was read of something last. */
export interface Reading<T> {
  data?: T
  error?: unknown
  /** When the data was read, by this machine's clock. */
  at?: number
}

export interface Poll<T> {
  reading: ReadonlySignal<Reading<T>>
  /** Reads again now. */
  refresh: () => void
}

/**
 * Reads something now and every so often, but not while nobody looks; and at once when the connection comes back. An error keeps what was
 * read before.
 */
export function poll<T>(read: (signal: AbortSignal) => Promise<T>, everyMs: number): Poll<T> & { start: () => () => void } {
  const reading = signal<Reading<T>>({})
  let timer: ReturnType<typeof setTimeout> | undefined
  let underWay: AbortController | undefined

  const turn = async (): Promise<void> => {
    clearTimeout(timer)
    underWay?.abort()
    const own = (underWay = new AbortController())
    try {
      const data = await read(own.signal)
      if (!own.signal.aborted) reading.value = { data, at: Date.now() }
    } catch (error) {
      if (!own.signal.aborted) reading.value = { ...reading.value, error }
    }
    if (!own.signal.aborted) timer = setTimeout(() => (document.hidden ? undefined : void turn()), everyMs)
  }

  const start = (): (() => void) => {
    const look = (): void => void (document.hidden || turn())
    document.addEventListener('visibilitychange', look)
    let before = connection.peek()
    const unwatch = effect(() => {
      const state = connection.value
      if (state === 'live' && before !== 'live') void turn()
      before = state
    })
    void turn()
    return () => {
      unwatch()
      document.removeEventListener('visibilitychange', look)
      clearTimeout(timer)
      underWay?.abort()
    }
  }
  return { reading, refresh: () => void turn(), start }
}

/** Polls for as long as a component is shown; anew when what it depends on changes. */
export function usePoll<T>(read: (signal: AbortSignal) => Promise<T>, everyMs: number, dependencies: readonly unknown[] = []): Poll<T> {
  const own = useMemo(() => poll(read, everyMs), dependencies)
  useEffect(() => own.start(), [own])
  return own
}
