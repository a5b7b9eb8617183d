const months = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December']
const days = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']
const aliases: Record<string, string> = {
  '@hourly': '0 * * * *',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@weekly': '0 0 * * 0',
  '@monthly': '0 0 1 * *',
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
}

/**
 * What a cron expression says, in words. Empty for what does not read well: the times that the server answers with tell
 * better then, and whether it is valid at all is the server's to say.
 */
export function cronText(expression: string): string {
  const fields = (aliases[expression.trim().toLowerCase()] ?? expression.trim()).split(/\s+/)
  if (fields.length === 5) fields.unshift('0')
  if (fields.length !== 6) return ''
  const [second, minute, hour, day, month, weekday] = fields as [string, string, string, string, string, string]
  const time = timeText(second, minute, hour)
  if (!time) return ''
  const dayPart = day === '*' || day === '?' ? '' : listText(day, (n) => ordinal(n), 'day')
  const weekPart = weekday === '*' || weekday === '?' ? '' : listText(weekday, dayName, 'weekday')
  const monthPart = month === '*' ? '' : listText(month, (n) => months[n - 1] ?? '', 'month')
  if ([dayPart, weekPart, monthPart].includes(undefined)) return ''
  const on = [dayPart && `on the ${dayPart}`, weekPart && `on ${weekPart}`].filter(Boolean).join(' and ')
  const everyDay = !on && /^\d+$/.test(hour) ? 'every day' : ''
  return [time, on || everyDay, monthPart && `in ${monthPart}`].filter(Boolean).join(' ')
}

const dayName = (n: number): string => days[n % 7] ?? ''

function timeText(second: string, minute: string, hour: string): string {
  const number = (text: string): boolean => /^\d+$/.test(text)
  const seconds = second === '0' ? '' : number(second) ? `:${second.padStart(2, '0')}` : undefined
  if (seconds === undefined) {
    const step = /^\*(?:\/(\d+))?$/.exec(second)
    return step && minute === '*' && hour === '*' ? every(step[1], 'second') : ''
  }
  if (number(minute) && number(hour)) return `at ${hour.padStart(2, '0')}:${minute.padStart(2, '0')}${seconds}`
  if (seconds) return ''
  const minuteStep = /^\*(?:\/(\d+))?$/.exec(minute)
  if (minuteStep) {
    const within = hour === '*' ? '' : hourRange(hour)
    return within === undefined ? '' : [every(minuteStep[1], 'minute'), within].filter(Boolean).join(' ')
  }
  if (!number(minute)) return ''
  const past = minute === '0' ? 'on the hour' : `at ${minute} minutes past the hour`
  const hourStep = /^\*(?:\/(\d+))?$/.exec(hour)
  if (hourStep) return hourStep[1] && hourStep[1] !== '1' ? `${every(hourStep[1], 'hour')} ${past}` : `every hour ${past}`
  const range = hourRange(hour)
  return range ? `every hour ${past} ${range}` : hourList(minute, hour)
}

const every = (step: string | undefined, unit: string): string => (step && step !== '1' ? `every ${step} ${unit}s` : `every ${unit}`)

function hourRange(hour: string): string | undefined {
  const range = /^(\d+)-(\d+)$/.exec(hour)
  return range ? `from ${range[1]!.padStart(2, '0')}:00 to ${range[2]!.padStart(2, '0')}:59` : undefined
}

function hourList(minute: string, hour: string): string {
  if (!/^\d+(,\d+)+$/.test(hour)) return ''
  return `at ${join(hour.split(',').map((part) => `${part.padStart(2, '0')}:${minute.padStart(2, '0')}`))}`
}

const names: Record<string, number> = Object.fromEntries([
  ...days.map((name, index) => [name.slice(0, 3).toLowerCase(), index]),
  ...months.map((name, index) => [name.slice(0, 3).toLowerCase(), index + 1]),
])

const valueOf = (text: string): number => names[text.toLowerCase()] ?? Number(text)

/** "1,15", "mon-fri"; undefined for what has no plain words. */
function listText(field: string, name: (n: number) => string, unit: string): string | undefined {
  if (unit === 'day' && field.toLowerCase() === 'l') return 'last day of the month'
  const words: string[] = []
  for (const part of field.split(',')) {
    const [from, to] = part.split('-')
    if (from === undefined || !/^[a-z]+$|^\d+$/i.test(from) || (to !== undefined && !/^[a-z]+$|^\d+$/i.test(to))) return undefined
    const first = name(valueOf(from))
    const last = to === undefined ? '' : name(valueOf(to))
    if (!first || (to !== undefined && !last)) return undefined
    words.push(to === undefined ? first : `${first} to ${last}`)
  }
  return join(words)
}

const join = (words: string[]): string => (words.length < 2 ? (words[0] ?? '') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`)

function ordinal(n: number): string {
  if (!(n >= 1 && n <= 31)) return ''
  const suffix = n % 100 >= 11 && n % 100 <= 13 ? 'th' : (['th', 'st', 'nd', 'rd'][n % 10] ?? 'th')
  return `${n}${suffix}`
}
