import { useRef } from 'preact/hooks'
import { fleet } from '../../server/fleet.ts'
import { usePoll } from '../../server/poll.ts'
import type { Run, Schedule } from '../../server/wire.ts'
import { runHref } from '../../view/routes.ts'
import { Button } from '../button.tsx'
import { Empty } from '../empty.tsx'
import { State } from '../state.tsx'
import { Table } from '../table.tsx'
import { Elapsed, Time } from '../time.tsx'

const pageSize = 20

/** The newest runs that a schedule created. A page may hold few of them, or none, before the last: the server looks only so far for one. */
async function runsOf(schedule: string, pages: number, signal: AbortSignal): Promise<{ runs: Run[]; more: boolean }> {
  const runs: Run[] = []
  let cursor: string | undefined
  for (let page = 0; page < pages; page++) {
    const { items, next } = await fleet.runs.list({ schedule, limit: pageSize, cursor }, { signal })
    runs.push(...items)
    if (next === null) return { runs, more: false }
    cursor = next
  }
  return { runs, more: true }
}

export function History({ schedule }: { schedule: Schedule }) {
  const pages = useRef(1)
  const { reading, refresh } = usePoll((signal) => runsOf(schedule.name, pages.current, signal), 5000, [schedule.name])
  const { runs, more } = reading.value.data ?? {}
  const readOlder = (): void => {
    pages.current++
    refresh()
  }
  return (
    <section class="card" aria-label="Its newest runs">
      <header>
        <h2>Its newest runs</h2>
        {more && (
          <div class="actions">
            <Button small onClick={readOlder}>
              Include older ones
            </Button>
          </div>
        )}
      </header>
      {runs?.length === 0 ? (
        more ? (
          <Empty title="None of the fleet's newest runs is its own">Look further back for older ones.</Empty>
        ) : (
          <Empty title="It has created no run yet">Trigger it to see one now.</Empty>
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
                <a href={runHref(run.id)}>
                  <span class="wide">{run.id}</span>
                  <span class="narrow-only">{run.id.slice(-8)}</span>
                </a>
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
