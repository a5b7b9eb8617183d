import { useEffect } from 'preact/hooks'
import { Button } from '../components/button.tsx'
import { Empty } from '../components/empty.tsx'
import { oldest, Running, Waiting } from '../components/queue.tsx'
import { actionsColumn, TableCard } from '../components/table-card.tsx'
import { count, plural } from '../lib/numbers.ts'
import { fleet } from '../server/fleet.ts'
import { queues } from '../server/overall.ts'
import type { Priority, QueueInfo } from '../server/wire.ts'
import { confirm } from '../view/confirm.ts'
import { href } from '../view/routes.ts'
import { attempt, toast } from '../view/toasts.ts'

const priorities: Priority[] = ['critical', 'high', 'normal', 'low']

async function toggle(queue: QueueInfo): Promise<void> {
  const act = queue.paused ? () => fleet.queues.resume(queue.name) : () => fleet.queues.pause(queue.name)
  const undo = queue.paused ? () => fleet.queues.pause(queue.name) : () => fleet.queues.resume(queue.name)
  await attempt(
    act,
    queue.paused ? `Resumed ${queue.name}` : `Paused ${queue.name}: workers take nothing more from it; what runs goes on`,
    {
      label: 'Undo',
      run: () => void attempt(undo).then(queues.refresh),
    },
  )
  queues.refresh()
}

async function purge(queue: QueueInfo): Promise<void> {
  const yes = await confirm({
    title: `Purge ${queue.name}?`,
    text: `${plural(queue.depth, 'waiting run')} and those scheduled for it are cancelled. What runs goes on. Cancelled runs can be retried one by one or in bulk.`,
    action: 'Cancel what waits',
    danger: true,
  })
  if (!yes) return
  await attempt(async () => {
    const { purged, run } = await fleet.queues.purge(queue.name)
    toast(`Cancelled ${plural(purged, 'run')} of ${queue.name}${run ? '; the rest follows in the background' : ''}`)
  })
  queues.refresh()
}

/** The queues: how full they are, line by line, and whether anybody takes from them. */
export function QueuesPage() {
  useEffect(() => queues.start(), [])
  const { data, error } = queues.reading.value
  return (
    <>
      <div class="page-head">
        <h1>Queues</h1>
      </div>
      <TableCard
        label="Queues"
        items={data}
        error={error}
        unreadable="The queues cannot be read"
        empty={
          <Empty title="No queues yet" command={'./fleet run noop --queue mail'}>
            A queue exists from its first run on.
          </Empty>
        }
        columns={[
          { title: 'Queue' },
          { title: 'Waiting', class: 'num' },
          ...priorities.map((priority) => ({ title: priority, class: 'num wide' })),
          { title: 'Running', class: 'num wide' },
          { title: 'Oldest', class: 'num' },
          actionsColumn,
        ]}
        row={(queue) => (
          <tr key={queue.name}>
            <td>
              <a href={href('/runs', { queue: queue.name })}>{queue.name}</a>
              {queue.paused && <span class="tag paused">paused</span>}
            </td>
            <td class="num">
              <Waiting queue={queue} />
            </td>
            {priorities.map((priority) => (
              <td key={priority} class="num wide muted">
                {count(queue.priorities[priority]?.depth ?? 0)}
              </td>
            ))}
            <td class="num wide">
              <Running queue={queue} />
            </td>
            <td class="num">{oldest(queue)}</td>
            <td class="actions">
              <span class="row end">
                <Button small icon={queue.paused ? 'play' : 'pause'} onClick={() => void toggle(queue)}>
                  {queue.paused ? 'Resume' : 'Pause'}
                </Button>
                <Button small kind="danger" icon="trash" label={`Purge ${queue.name}`} onClick={() => void purge(queue)} />
              </span>
            </td>
          </tr>
        )}
      />
    </>
  )
}
