import { fleet } from './fleet.ts'
import { poll } from './poll.ts'

/** How the runs of each job ended in the last hour. */
export const lastHour = poll((signal) => fleet.jobStats(60, { signal }), 5000)

/** How they ended in the last day. */
export const lastDay = poll((signal) => fleet.jobStats(1440, { signal }), 15_000)
