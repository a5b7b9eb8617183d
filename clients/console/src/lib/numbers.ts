const whole = new Intl.NumberFormat('en')
const short = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 })

/** A count: exact while that can be read at a glance, "1.2M" beyond. */
export const count = (n: number): string => (Math.abs(n) < 100_000 ? whole.format(n) : short.format(n))

/** A rate a second: one decimal while it is small. */
export const rate = (n: number): string => (n === 0 ? '0' : n < 10 ? n.toFixed(1) : count(Math.round(n)))

export const percent = (part: number, whole: number): string => {
  if (whole === 0) return '–'
  const value = (part / whole) * 100
  // Not all is not to look like all.
  if (value > 99.9 && part < whole) return '99.9%'
  return `${value === 100 || value === 0 ? value : value.toFixed(1)}%`
}

/** "1 run", "2 runs". */
export const plural = (n: number, one: string, many = `${one}s`): string => `${count(n)} ${n === 1 ? one : many}`
