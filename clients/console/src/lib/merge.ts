import type { FeedItem, Priority, Run, RunState } from '../server/wire.ts'

/** A run as a list shows it. */
export interface Row {
  id: string
  job: string
  queue: string
  priority: Priority
  state: RunState
  attempt: number
  seq: number
  /** When it came to its state. */
  at: number
  worker: string | null
  tags: readonly string[]
  /** The whole run, where it was read; it may be older than the row. */
  run?: Run
}

export const rowOfRun = (run: Run): Row => ({
  id: run.id,
  job: run.job,
  queue: run.queue,
  priority: run.priority,
  state: run.state,
  attempt: run.attempt,
  seq: run.seq,
  at: Date.parse(run.finishedAt ?? (run.state === 'running' ? run.startedAt : null) ?? run.createdAt),
  worker: run.worker,
  tags: run.tags,
  run,
})

export const rowOfItem = (item: FeedItem, before?: Row): Row => ({
  id: item.id,
  job: item.job,
  queue: item.queue,
  priority: item.priority,
  state: item.state,
  attempt: item.attempt,
  seq: item.seq,
  at: Date.parse(item.at),
  worker: item.worker ?? null,
  tags: item.tags,
  run: before?.run,
})

/** Which of two things said of a run is the newer: the one with the higher seq. */
export const isNewer = (seq: number, before: Row | undefined): boolean => before === undefined || seq > before.seq

/**
 * Adds ids to a list that is sorted downwards, without any of them twice. New runs have higher ids than all before them, so the usual case
 * is one concatenation.
 */
export function mergeIds(ids: readonly string[], added: readonly string[]): readonly string[] {
  if (added.length === 0) return ids
  const sorted = [...new Set(added)].sort().reverse()
  if (ids.length === 0 || sorted[sorted.length - 1]! > ids[0]!) return [...sorted, ...ids]
  if (sorted[0]! < ids[ids.length - 1]!) return [...ids, ...sorted]
  const merged: string[] = []
  let one = 0
  let other = 0
  while (one < ids.length || other < sorted.length) {
    const a = ids[one]
    const b = sorted[other]
    if (b === undefined || (a !== undefined && a > b)) merged.push(ids[one++]!)
    else {
      merged.push(sorted[other++]!)
      if (a === b) one++
    }
  }
  return merged
}
