import { computed } from '@preact/signals'
import { fleet } from './fleet.ts'
import { poll } from './poll.ts'

const statsEvery = 2000

/** The fleet in numbers, for the whole page: the navigation's badges and the icon of the tab show them too. */
export const stats = poll((signal) => fleet.stats({ signal }), statsEvery)

export const counts = computed(() => stats.reading.value.data?.counts)

/** The jobs that workers announced. */
export const jobs = poll((signal) => fleet.jobs.list({ signal }), 15_000)

/** The queues. */
export const queues = poll((signal) => fleet.queues.list({ signal }), statsEvery)
