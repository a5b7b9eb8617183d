import type { Row } from './merge.ts'

/** One line of the list of runs. */
export type Entry = { kind: 'run'; id: string } | { kind: 'group'; job: string; ids: readonly string[]; open: boolean } | { kind: 'now' }

export interface Arrangement {
  text: string
  sort: 'created' | 'time'
  grouped: boolean
  /** The jobs whose groups are open. */
  open: ReadonlySet<string>
}

/** When a run that waits for its time is due; what was not read yet counts as due when it was put off. */
const dueAt = (row: Row): number => (row.run?.dueAt ? Date.parse(row.run.dueAt) : row.at)

/** Arranges runs, given newest first, into lines. */
export function arrange(ids: readonly string[], rowOf: (id: string) => Row | undefined, how: Arrangement): Entry[] {
  const text = how.text.toUpperCase()
  let shown = text ? ids.filter((id) => id.includes(text)) : ids
  let ahead = 0
  if (how.sort === 'time') {
    const scheduled = shown.filter((id) => rowOf(id)?.state === 'scheduled').sort((one, other) => dueAt(rowOf(other)!) - dueAt(rowOf(one)!))
    const others = shown.filter((id) => rowOf(id)?.state !== 'scheduled')
    shown = [...scheduled, ...others]
    ahead = scheduled.length
  }
  const entries: Entry[] = []
  const groups = new Map<string, string[]>()
  shown.forEach((id, index) => {
    if (how.sort === 'time' && index === ahead) entries.push({ kind: 'now' })
    const row = how.grouped ? rowOf(id) : undefined
    if (!row || row.attempt < 2) {
      entries.push({ kind: 'run', id })
      return
    }
    const group = groups.get(row.job)
    if (group) {
      group.push(id)
      return
    }
    const members = [id]
    groups.set(row.job, members)
    entries.push({ kind: 'group', job: row.job, ids: members, open: how.open.has(row.job) })
  })
  if (how.sort === 'time' && ahead === shown.length) entries.push({ kind: 'now' })
  return how.grouped ? entries.flatMap(unfold) : entries
}

const unfold = (entry: Entry): Entry[] =>
  entry.kind === 'group' && entry.open ? [entry, ...entry.ids.map((id): Entry => ({ kind: 'run', id }))] : [entry]

/** The fields of inputs that make columns: the first few plain ones, by how many runs have them. */
export function inputColumns(inputs: Iterable<unknown>, most = 4): string[] {
  const seen = new Map<string, number>()
  for (const input of inputs) {
    if (input === null || typeof input !== 'object' || Array.isArray(input)) continue
    for (const [name, value] of Object.entries(input)) {
      if (value !== null && typeof value !== 'object') seen.set(name, (seen.get(name) ?? 0) + 1)
    }
  }
  return [...seen]
    .sort((one, other) => other[1] - one[1])
    .slice(0, most)
    .map(([name]) => name)
}
