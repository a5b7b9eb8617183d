import type { QueueInfo } from '../../server/wire.ts'
import { href } from '../../view/routes.ts'
import { Empty } from '../empty.tsx'
import { oldest, Running, Waiting } from '../queue.tsx'
import { hidden, Table } from '../table.tsx'

/** How full the queues are and for how long their oldest runs have waited. */
export function QueueTable({ queues }: { queues: readonly QueueInfo[] | undefined }) {
  if (queues?.length === 0) return <Empty title="No queues yet">A queue exists from its first run on.</Empty>
  const most = Math.max(1, ...(queues ?? []).map((queue) => queue.depth))
  return (
    <Table
      items={queues}
      columns={[
        { title: 'Queue' },
        { title: 'Waiting', class: 'num' },
        { title: hidden('How full it is'), class: 'wide' },
        { title: 'Running', class: 'num' },
        { title: 'Oldest', class: 'num' },
      ]}
      expected={3}
      row={(queue) => (
        <tr key={queue.name}>
          <td>
            <a class="plain" href={href('/runs', { queue: queue.name })}>
              {queue.name}
            </a>
            {queue.paused && <span class="tag paused">paused</span>}
          </td>
          <td class="num">
            <Waiting queue={queue} />
          </td>
          <td class="wide meter-cell">
            <span class="meter" aria-hidden="true">
              <span style={{ transform: `scaleX(${queue.depth / most})` }} />
            </span>
          </td>
          <td class="num">
            <Running queue={queue} />
          </td>
          <td class="num">{oldest(queue)}</td>
        </tr>
      )}
    />
  )
}
