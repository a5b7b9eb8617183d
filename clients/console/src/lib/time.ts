const units: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1000],
]

const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' })
const sameDay = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit', hour12: false })
const otherDay = new Intl.DateTimeFormat(undefined, { month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit', hour12: false })
const full = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'long' })

/** How far a moment is from another, in words: "3 minutes ago", "in 2 hours". */
export function ago(at: number, now: number): string {
  const away = at - now
  for (const [unit, length] of units) {
    if (Math.abs(away) >= length) return relative.format(Math.trunc(away / length), unit)
  }
  return 'now'
}

/** A moment as the reader's clock shows it; with its date where that is not today's. */
export function localTime(at: number, now: number): string {
  return new Date(at).toDateString() === new Date(now).toDateString() ? sameDay.format(at) : otherDay.format(at)
}

/** What a moment's hint says: the same in full, in UTC, and how long ago. */
export const timeHint = (at: number, now: number): string =>
  `${full.format(at)}\n${new Date(at).toISOString().replace('T', ' ').replace('Z', ' UTC')}\n${ago(at, now)}`

/** A length of time in two units at most: "850 ms", "4.2 s", "3 min 20 s", "2 h 5 min", "4 d 3 h". */
export function duration(ms: number): string {
  if (!Number.isFinite(ms)) return '–'
  if (ms < 0) return '0 ms'
  if (ms < 1000) return `${Math.round(ms)} ms`
  const seconds = ms / 1000
  if (seconds < 10) return `${(Math.floor(seconds * 10) / 10).toFixed(1)} s`
  if (seconds < 60) return `${Math.floor(seconds)} s`
  return (
    pair(seconds, 60, 'min', 1, 's', 3600) ??
    pair(seconds, 3600, 'h', 60, 'min', 86_400) ??
    pair(seconds, 86_400, 'd', 3600, 'h', Infinity) ??
    ''
  )
}

function pair(seconds: number, big: number, bigUnit: string, small: number, smallUnit: string, below: number): string | undefined {
  if (seconds >= below) return undefined
  const whole = Math.floor(seconds / big)
  const rest = Math.floor((seconds - whole * big) / small)
  return rest > 0 ? `${whole} ${bigUnit} ${rest} ${smallUnit}` : `${whole} ${bigUnit}`
}

const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/** When a run was created: the first ten characters of its id are that in milliseconds, the 48 uppermost bits of 130. */
export function createdAt(id: string): number {
  let bits = 0
  for (const letter of id.slice(0, 10)) bits = bits * 32 + Math.max(alphabet.indexOf(letter), 0)
  return bits
}

const spans: Record<string, number> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** Reads "15m", "24h" or a timestamp as a moment; undefined when it is neither. */
export function moment(text: string | null, now: number): number | undefined {
  if (!text) return undefined
  const span = /^(\d+)([smhd])$/.exec(text)
  if (span) return now - Number(span[1]) * spans[span[2]!]!
  const at = Date.parse(text)
  return Number.isNaN(at) ? undefined : at
}

/** A duration on the wire: "hh:mm:ss", with days before and a fraction after where there are some. */
export function wireDuration(text: string | number | null | undefined): number | undefined {
  if (text === null || text === undefined) return undefined
  if (typeof text === 'number') return text * 1000
  const parts = /^(?:(\d+)\.)?(\d+):(\d+):(\d+(?:\.\d+)?)$/.exec(text)
  if (!parts) return undefined
  return ((Number(parts[1] ?? 0) * 24 + Number(parts[2])) * 3600 + Number(parts[3]) * 60 + Number(parts[4])) * 1000
}
