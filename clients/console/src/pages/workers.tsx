import { useEffect } from 'preact/hooks'
import { Empty } from '../components/empty.tsx'
import { WorkerCard } from '../components/worker-card.tsx'
import { plural } from '../lib/numbers.ts'
import { living, loaded, pollWorkers, slots, workers } from '../server/workers.ts'

/** The workers, live; one that left or was lost stays in sight for a while. */
export function WorkersPage() {
  useEffect(() => pollWorkers(), [])
  return (
    <>
      <div class="page-head">
        <h1>Workers</h1>
        {loaded.value && (
          <span class="muted small">
            {plural(living.value.length, 'worker')}, {slots.value.used} of {plural(slots.value.total, 'slot')} in use
          </span>
        )}
      </div>
      {!loaded.value ? (
        <div class="cards" aria-busy="true">
          <section class="card">
            <div class="card-body" style={{ height: '9rem' }} />
          </section>
        </div>
      ) : workers.value.length === 0 ? (
        <section class="card">
          <Empty title="No worker is connected" command="./fleet worker --redis HOST:PORT">
            Runs wait until one is. Start as many as there is work for:
          </Empty>
        </section>
      ) : (
        <div class="cards">
          {workers.value.map((worker) => (
            <WorkerCard key={worker.id} worker={worker} />
          ))}
        </div>
      )}
    </>
  )
}
