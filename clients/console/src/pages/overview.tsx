import { useEffect } from 'preact/hooks'
import { RateChart } from '../components/overview/chart.tsx'
import { FailingJobs } from '../components/overview/failing-jobs.tsx'
import { Figure } from '../components/overview/number.tsx'
import { QueueTable } from '../components/overview/queue-table.tsx'
import { Icon } from '../components/icon.tsx'
import { count, rate } from '../lib/numbers.ts'
import { duration } from '../lib/time.ts'
import { fleet } from '../server/fleet.ts'
import { counts, queues, stats } from '../server/overall.ts'
import { usePoll } from '../server/poll.ts'
import { living, loaded, pollWorkers, slots } from '../server/workers.ts'
import { href } from '../view/routes.ts'

/** The first of the two units that a length of time has: seconds beside minutes would only flicker. */
const coarse = (seconds: number): string =>
  duration(seconds * 1000)
    .split(' ')
    .slice(0, 2)
    .join(' ')

/** The fleet at a glance; each number leads to what it counts. */
export function OverviewPage() {
  const { reading: history } = usePoll((signal) => fleet.statsHistory(61, { signal }), 5000)
  useEffect(() => queues.start(), [])
  useEffect(() => pollWorkers(), [])
  const { rates, latency } = stats.reading.value.data ?? {}
  const all = queues.reading.value.data
  const oldest = [...(all ?? [])].filter((queue) => queue.depth > 0).sort((one, other) => other.lag - one.lag)[0]
  return (
    <>
      <div class="page-head">
        <h1>Overview</h1>
        <div class="actions">
          <a class="button primary" href="/new">
            <Icon name="plus" /> New run
          </a>
        </div>
      </div>
      <section class="figures" aria-label="The fleet in numbers">
        <Figure name="In a second" value={rates && rate(rates.in)} to="/runs" note="accepted" />
        <Figure
          name="Out a second"
          value={rates && rate(rates.out)}
          to={href('/runs', { state: 'succeeded' })}
          note={latency?.run.p50 != null ? `half take ${duration(latency.run.p50)}` : 'ended'}
        />
        <Figure
          name="Failing a second"
          value={rates && rate(rates.failed)}
          to="/failed"
          className={rates && rates.failed > 0 ? 'failed' : ''}
          note={counts.value && `${count(counts.value.failed ?? 0)} kept`}
        />
        <Figure
          name="Waiting"
          value={counts.value && count(counts.value.queued ?? 0)}
          to={href('/runs', { state: 'queued' })}
          note={latency?.wait.p99 != null ? `99 % within ${duration(latency.wait.p99)}` : 'queued'}
        />
        <Figure
          name="Scheduled"
          value={counts.value && count(counts.value.scheduled ?? 0)}
          to={href('/runs', { state: 'scheduled', sort: 'time' })}
          note="for later"
        />
        <Figure
          name="Slots in use"
          value={loaded.value ? `${count(slots.value.used)} / ${count(slots.value.total)}` : undefined}
          to="/workers"
          note={`${living.value.length} ${living.value.length === 1 ? 'worker' : 'workers'}`}
        />
        <Figure
          name="Oldest waiting"
          value={all && (oldest ? coarse(oldest.lag) : 'none')}
          to={href('/runs', oldest ? { state: 'queued', queue: oldest.name } : { state: 'queued' })}
          note={oldest && `in ${oldest.name}`}
        />
      </section>
      <section class="card" aria-label="Runs a second">
        <RateChart minutes={history.value.data} />
      </section>
      <div class="columns">
        <section class="card" aria-label="Queues">
          <header>
            <h2>Queues</h2>
            <div class="actions">
              <a class="small" href="/queues">
                All queues
              </a>
            </div>
          </header>
          <QueueTable queues={all} />
        </section>
        <FailingJobs />
      </div>
    </>
  )
}
