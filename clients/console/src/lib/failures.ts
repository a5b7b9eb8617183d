import type { Run } from '../server/wire.ts'

/** Runs that failed in the same way. */
export interface FailureGroup {
  key: string
  job: string
  type: string
  /** The newest of their messages, as it was. */
  message: string
  ids: string[]
  newest: string
  oldest: string
}

/** What is the same in messages that mean the same: what is counted, named by an id or quoted differs from run to run. */
export const pattern = (message: string): string =>
  message
    .split('\n', 1)[0]!
    .replace(/[0-9a-f]{8}-[0-9a-f-]{27}/gi, '…')
    .replace(/\b[0-9A-HJKMNP-TV-Z]{26}\b/g, '…')
    .replace(/\d+([.,:]\d+)*/g, '…')
    .trim()
    .slice(0, 200)

/** Groups failed runs by job and error; the groups with the newest failures first. Runs come newest first. */
export function groupFailures(runs: Iterable<Run>): FailureGroup[] {
  const groups = new Map<string, FailureGroup>()
  for (const run of runs) {
    const type = run.error?.type ?? 'unknown'
    const message = run.error?.message ?? ''
    const key = `${run.job}\n${type}\n${pattern(message)}`
    const at = run.finishedAt ?? run.createdAt
    const group = groups.get(key)
    if (!group) groups.set(key, { key, job: run.job, type, message, ids: [run.id], newest: at, oldest: at })
    else {
      group.ids.push(run.id)
      if (at > group.newest) Object.assign(group, { newest: at, message })
      if (at < group.oldest) group.oldest = at
    }
  }
  return [...groups.values()].sort((one, other) => (one.newest < other.newest ? 1 : -1))
}
