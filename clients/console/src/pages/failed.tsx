import { useRef } from 'preact/hooks'
import { Button } from '../components/button.tsx'
import { Empty } from '../components/empty.tsx'
import { actionsColumn, TableCard } from '../components/table-card.tsx'
import { Time } from '../components/time.tsx'
import { groupFailures, type FailureGroup } from '../lib/failures.ts'
import { count, plural } from '../lib/numbers.ts'
import { fleet } from '../server/fleet.ts'
import { usePoll } from '../server/poll.ts'
import type { Run } from '../server/wire.ts'
import { deleteRuns, retryRuns, type Subject } from '../view/run-actions.ts'
import { href, runHref } from '../view/routes.ts'

/** How many of the newest failures are read, and how many more each time somebody asks for older ones. */
const mostRead = 1000

async function readFailed(most: number, signal: AbortSignal): Promise<{ runs: Run[]; more: boolean }> {
  const runs: Run[] = []
  for await (const run of fleet.runs.listAll({ state: 'failed', limit: 200 }, { signal })) {
    runs.push(run)
    if (runs.length === most) return { runs, more: true }
  }
  return { runs, more: false }
}

const subjects = (group: FailureGroup): Subject[] => group.ids.map((id) => ({ id, state: 'failed' }))

/** What failed, grouped by what failed how. */
export function FailedPage() {
  const most = useRef(mostRead)
  const { reading, refresh } = usePoll((signal) => readFailed(most.current, signal), 10_000)
  const { data, error } = reading.value
  const groups = data && groupFailures(data.runs)
  const readOlder = (): void => {
    most.current += mostRead
    refresh()
  }
  const act = async (done: Promise<boolean>): Promise<void> => {
    if (await done) refresh()
  }
  return (
    <>
      <div class="page-head">
        <h1>Failed</h1>
        {data && (
          <span class="muted small">
            {plural(data.runs.length, 'run')}
            {data.more ? ', the newest' : ''} in {plural(groups!.length, 'group')}
          </span>
        )}
        <div class="actions">
          {data?.more && <Button onClick={readOlder}>Include older ones</Button>}
          <a class="button" href={href('/runs', { state: 'failed' })}>
            As a list
          </a>
        </div>
      </div>
      <TableCard
        label="Failures by job and error"
        items={groups}
        error={error}
        unreadable="The failures cannot be read"
        empty={
          <Empty title="Nothing has failed">
            Runs whose attempts are used up, or whose error allows no retry, are gathered here by job and error.
          </Empty>
        }
        columns={[
          { title: 'Runs', class: 'num' },
          { title: 'Job and error' },
          { title: 'First', class: 'num wide' },
          { title: 'Last', class: 'num wide' },
          actionsColumn,
        ]}
        row={(group) => (
          <tr key={group.key}>
            <td class="num">{count(group.ids.length)}</td>
            <td>
              <div class="group-error">
                <span>
                  <a href={`/jobs/${encodeURIComponent(group.job)}`}>{group.job}</a> <span class="muted small">{group.type}</span>
                </span>
                <a class="plain small clamp" href={runHref(group.ids[0]!)} title="The newest run of the group">
                  {group.message}
                </a>
              </div>
            </td>
            <td class="num wide muted small">
              <Time at={group.oldest} relative />
            </td>
            <td class="num wide small">
              <Time at={group.newest} relative />
            </td>
            <td class="actions">
              <span class="row end">
                <Button
                  small
                  icon="retry"
                  label={group.ids.length === 1 ? undefined : `Retry all ${group.ids.length} runs of this group`}
                  onClick={() => void act(retryRuns(subjects(group)))}
                >
                  {group.ids.length === 1 ? 'Retry' : 'Retry all'}
                </Button>
                <Button
                  small
                  kind="danger"
                  icon="trash"
                  label={`Delete the ${plural(group.ids.length, 'run')} of this group`}
                  onClick={() => void act(deleteRuns(subjects(group), () => () => {}, refresh))}
                />
              </span>
            </td>
          </tr>
        )}
      />
    </>
  )
}
