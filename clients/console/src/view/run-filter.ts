import { computed } from '@preact/signals'
import { isState } from '../lib/states.ts'
import { moment } from '../lib/time.ts'
import type { ListFilter } from '../server/run-list.ts'
import { query } from './router.ts'

/** The view of the runs, as the address has it. */
export interface RunsView {
  state: string
  job: string
  queue: string
  tag: string
  since: string
  until: string
  /** Free text on ids. */
  text: string
  sort: 'created' | 'time'
  grouped: boolean
}

export const runsView = computed<RunsView>(() => {
  const parameter = (name: string): string => query.value.get(name) ?? ''
  return {
    state: isState(parameter('state')) ? parameter('state') : '',
    job: parameter('job'),
    queue: parameter('queue'),
    tag: parameter('tag'),
    since: parameter('since'),
    until: parameter('until'),
    text: parameter('q'),
    sort: parameter('sort') === 'time' ? 'time' : 'created',
    grouped: parameter('group') === 'retries',
  }
})

/** The part of the view that the server filters by; the same text for the same filter. */
export const filterKey = computed(() => {
  const { state, job, queue, tag, since, until } = runsView.value
  return JSON.stringify([state, job, queue, tag, since, until])
})

export function listFilter(key: string): ListFilter {
  const [state, job, queue, tag, since, until] = JSON.parse(key) as string[]
  return {
    state: isState(state ?? '') ? (state as ListFilter['state']) : undefined,
    job: job || undefined,
    queue: queue || undefined,
    tag: tag || undefined,
    since: moment(since ?? '', Date.now()),
    until: moment(until ?? '', Date.now()),
  }
}
