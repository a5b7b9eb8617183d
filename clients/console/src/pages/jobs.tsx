import { useEffect } from 'preact/hooks'
import { Empty } from '../components/empty.tsx'
import { Prose } from '../components/prose.tsx'
import { actionsColumn, TableCard } from '../components/table-card.tsx'
import { count, percent } from '../lib/numbers.ts'
import { duration } from '../lib/time.ts'
import { lastDay } from '../server/job-stats.ts'
import { jobs } from '../server/overall.ts'
import { href } from '../view/routes.ts'

/** What the fleet can do, and how well it went in the last day. */
export function JobsPage() {
  useEffect(() => lastDay.start(), [])
  const { data, error } = jobs.reading.value
  const stats = new Map(lastDay.reading.value.data?.map((job) => [job.job, job]))
  return (
    <>
      <div class="page-head">
        <h1>Jobs</h1>
        <span class="muted small">figures of the last day</span>
      </div>
      <TableCard
        label="Jobs"
        items={data}
        error={error}
        unreadable="The jobs cannot be read"
        empty={
          <Empty title="No jobs yet" command="./fleet worker">
            Workers announce theirs when they start.
          </Empty>
        }
        columns={[
          { title: 'Job' },
          { title: 'Ended', class: 'num' },
          { title: 'Succeeded', class: 'num' },
          { title: 'Half within', class: 'num wide' },
          { title: '95 % within', class: 'num wide' },
          { title: '99 % within', class: 'num wide' },
          actionsColumn,
        ]}
        expected={5}
        row={(job) => {
          const own = stats.get(job.name)
          const ended = (own?.succeeded ?? 0) + (own?.failed ?? 0)
          return (
            <tr key={job.name}>
              <td class="job-cell">
                <a href={`/jobs/${encodeURIComponent(job.name)}`}>{job.name}</a>
                <div class="muted xs truncate wide">
                  <Prose text={job.description ?? ''} />
                </div>
              </td>
              <td class="num">
                <a class="plain" href={href('/runs', { job: job.name, since: '24h' })}>
                  {count(ended)}
                </a>
              </td>
              <td class="num">
                {ended === 0 ? (
                  '–'
                ) : (
                  <a
                    class={own!.failed > 0 ? 'state failed' : 'plain'}
                    href={href('/runs', { job: job.name, state: own!.failed > 0 ? 'failed' : 'succeeded' })}
                  >
                    {percent(own!.succeeded, ended)}
                  </a>
                )}
              </td>
              {(['p50', 'p95', 'p99'] as const).map((part) => (
                <td key={part} class="num wide">
                  {own?.run[part] == null ? '–' : duration(own.run[part])}
                </td>
              ))}
              <td class="actions">
                <a class="button small" href={href('/new', { job: job.name })}>
                  Run
                </a>
              </td>
            </tr>
          )
        }}
      />
    </>
  )
}
