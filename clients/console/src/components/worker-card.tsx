import { plural } from '../lib/numbers.ts'
import { fleet } from '../server/fleet.ts'
import { refreshWorkers, type ShownWorker } from '../server/workers.ts'
import { confirm } from '../view/confirm.ts'
import { runHref } from '../view/routes.ts'
import { attempt } from '../view/toasts.ts'
import { Button } from './button.tsx'
import { Elapsed, Time } from './time.tsx'

const standings = {
  connected: ['succeeded', 'connected'],
  draining: ['expired', 'draining'],
  left: ['skipped', 'left'],
  lost: ['failed', 'lost'],
} as const
const mostShown = 6
const mostSlots = 64

async function drain(worker: ShownWorker): Promise<void> {
  const text = `It takes nothing more until it is started anew. ${worker.running.length > 0 ? `${plural(worker.running.length, 'run')} that it executes may end.` : ''}`
  if (!(await confirm({ title: `Drain ${worker.id}?`, text, action: 'Drain it', danger: true }))) return
  await attempt(() => fleet.workers.drain(worker.id), `${worker.id} drains`)
  await refreshWorkers().catch(() => {})
}

/** One worker: how it stands, how busy it is, what it runs. */
export function WorkerCard({ worker }: { worker: ShownWorker }) {
  const [className, word] = standings[worker.standing]
  const living = worker.standing === 'connected' || worker.standing === 'draining'
  return (
    <section class="card" aria-label={`Worker ${worker.id}`}>
      <header>
        <h2 class="truncate mono">{worker.id}</h2>
        <span class={`state pill ${className}`}>{word}</span>
        {worker.standing === 'connected' && (
          <div class="actions">
            <Button small icon="drain" onClick={() => void drain(worker)}>
              Drain
            </Button>
          </div>
        )}
      </header>
      <div class="card-body stack">
        <div class="row between">
          <span>
            {living ? (
              `${worker.running.length} of ${plural(worker.slots, 'slot')} in use`
            ) : (
              <>
                last seen <Time at={worker.lastSeenAt} relative />
              </>
            )}
          </span>
          {living && (
            <span class="muted small">
              up <Elapsed from={worker.startedAt} />
            </span>
          )}
        </div>
        {living && (
          <div class="slots" aria-hidden="true">
            {Array.from({ length: Math.min(worker.slots, mostSlots) }, (_, slot) => (
              <span
                key={slot}
                class={slot < (worker.running.length / worker.slots) * Math.min(worker.slots, mostSlots) ? 'slot busy' : 'slot'}
              />
            ))}
          </div>
        )}
        {worker.running.length > 0 && (
          <ul class="row wrap small mono">
            {worker.running.slice(0, mostShown).map((id) => (
              <li key={id}>
                <a href={runHref(id)} title={`Run ${id}`}>
                  {id.slice(-8)}
                </a>
              </li>
            ))}
            {worker.running.length > mostShown && (
              <li>
                <a href="/runs?state=running">and {worker.running.length - mostShown} more</a>
              </li>
            )}
          </ul>
        )}
        <p class="muted xs">
          {worker.host} · process {worker.processId} · {worker.version} · queues {worker.queues.join(', ')}
        </p>
      </div>
    </section>
  )
}
