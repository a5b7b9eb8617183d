/** The console's pages. The API serves the page at the same addresses (services/api/Console/ConsoleEndpoints.cs); a test holds both together. */
export const routes = {
  overview: '/',
  runs: '/runs',
  run: '/runs/{id}',
  new: '/new',
  queues: '/queues',
  workers: '/workers',
  schedules: '/schedules',
  schedule: '/schedules/{name}',
  jobs: '/jobs',
  job: '/jobs/{name}',
  failed: '/failed',
} as const

export type RouteName = keyof typeof routes

export interface Match {
  name: RouteName
  /** What stands in the place of the braces; empty where there are none. */
  argument: string
}

/** Which page an address is of; undefined for none. */
export function match(path: string): Match | undefined {
  const trimmed = path.length > 1 ? path.replace(/\/$/, '') : path
  for (const [name, pattern] of Object.entries(routes) as [RouteName, string][]) {
    const brace = pattern.indexOf('{')
    if (brace < 0 && trimmed === pattern) return { name, argument: '' }
    const rest = trimmed.slice(brace)
    if (brace > 0 && trimmed.startsWith(pattern.slice(0, brace)) && rest && !rest.includes('/'))
      return { name, argument: decodeURIComponent(rest) }
  }
  return undefined
}

/** An address with a query; what is empty is left out. */
export function href(path: string, query: Record<string, string | undefined> = {}): string {
  const parameters = new URLSearchParams(Object.entries(query).filter((entry): entry is [string, string] => Boolean(entry[1])))
  return parameters.size > 0 ? `${path}?${parameters}` : path
}

export const runHref = (id: string): string => `/runs/${id}`
