import { count } from '../../lib/numbers.ts'
import { fleet } from '../../server/fleet.ts'
import { usePoll } from '../../server/poll.ts'
import type { Run, Schedule } from '../../server/wire.ts'
import { href, runHref } from '../../view/routes.ts'
import { Empty } from '../empty.tsx'
import { State } from '../state.tsx'
import { Table } from '../table.tsx'
import { Elapsed, Time } from '../time.tsx'

const most = 20
const mostLookedAt = 1000

/** The newest runs that a schedule created. Lists know no schedule, so they are looked for among the job's. */
async function runsOf(schedule: Schedule, signal: AbortSignal): Promise<{ runs: Run[]; all: boolean }> {
  const runs: Run[] = []
  let looked = 0
  for await (const run of fleet.runs.listAll({ job: schedule.job, limit: 200 }, { signal })) {
    if (run.schedule === schedule.name) runs.push(run)
    if (runs.length === most || ++looked === mostLookedAt) return { runs, all: false }
  }
  return { runs, all: true }
}

export function History({ schedule }: { schedule: Schedule }) {
  const { reading } = usePoll((signal) => runsOf(schedule, signal), 5000, [schedule.name, schedule.job])
  const { runs, all } = reading.value.data ?? {}
  return (
    <section class="card" aria-label="Its newest runs">
      <header>
        <h2>Its newest runs</h2>
      </header>
      {runs?.length === 0 ? (
        all ? (
          <Empty title="It has created no run yet">Trigger it to see one now.</Empty>
        ) : (
          <Empty title={`None of the newest ${count(mostLookedAt)} runs of ${schedule.job} is its own`}>
            Older ones are in <a href={href('/runs', { job: schedule.job })}>the job's list</a>.
          </Empty>
        )
      ) : (
        <Table
          items={runs}
          columns={[
            { title: 'State' },
            { title: 'Run' },
            { title: 'For', class: 'num' },
            { title: 'Took', class: 'num wide' },
          ]}
          row={(run) => (
            <tr key={run.id}>
              <td>
                <State state={run.state} />
              </td>
              <td class="mono small">
                <a href={runHref(run.id)}>{run.id}</a>
              </td>
              <td class="num small">
                <Time at={run.meta.scheduledAt ?? run.createdAt} />
              </td>
              <td class="num wide small">
                <Elapsed from={run.startedAt} to={run.finishedAt} />
              </td>
            </tr>
          )}
        />
      )}
    </section>
  )
}
