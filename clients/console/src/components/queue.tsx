import { count } from '../lib/numbers.ts'
import { duration } from '../lib/time.ts'
import type { QueueInfo } from '../server/wire.ts'
import { href } from '../view/routes.ts'

/** How many of a queue's runs wait, and the way to them. */
export function Waiting({ queue }: { queue: QueueInfo }) {
  return (
    <a class="plain" href={href('/runs', { queue: queue.name, state: 'queued' })}>
      {count(queue.depth)}
    </a>
  )
}

/** How many of a queue's runs are executed, and the way to them. */
export function Running({ queue }: { queue: QueueInfo }) {
  return (
    <a class="plain" href={href('/runs', { queue: queue.name, state: 'running' })}>
      {count(queue.inFlight)}
    </a>
  )
}

/** For how long the oldest run of a queue has waited. */
export const oldest = (queue: QueueInfo) => (queue.depth > 0 ? duration(queue.lag * 1000) : '–')
