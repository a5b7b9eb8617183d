import { useEffect } from 'preact/hooks'
import { count, percent } from '../../lib/numbers.ts'
import { lastHour } from '../../server/job-stats.ts'
import { href } from '../../view/routes.ts'
import { Empty } from '../empty.tsx'
import { hidden, Table } from '../table.tsx'

const most = 6

/** The jobs whose runs failed in the last hour, those that failed most first. */
export function FailingJobs() {
  useEffect(() => lastHour.start(), [])
  const failing = lastHour.reading.value.data
    ?.filter((job) => job.failed > 0)
    .sort((one, other) => other.failed - one.failed)
    .slice(0, most)
  const top = Math.max(1, ...(failing ?? []).map((job) => job.failed))
  return (
    <section class="card" aria-label="Failures by job">
      <header>
        <h2>Failures by job</h2>
        <span class="muted small">last hour</span>
        <div class="actions">
          <a class="small" href="/failed">
            All failures
          </a>
        </div>
      </header>
      {failing?.length === 0 ? (
        <Empty title="Nothing failed">Jobs whose runs fail for good are listed here.</Empty>
      ) : (
        <Table
          items={failing}
          columns={[
            { title: 'Job' },
            { title: 'Failed', class: 'num' },
            { title: hidden('Compared with the others'), class: 'wide' },
            { title: 'Of all', class: 'num' },
          ]}
          expected={3}
          row={(job) => (
            <tr key={job.job}>
              <td>
                <a class="plain" href={`/jobs/${encodeURIComponent(job.job)}`}>
                  {job.job}
                </a>
              </td>
              <td class="num">
                <a href={href('/runs', { state: 'failed', job: job.job, since: '1h' })}>{count(job.failed)}</a>
              </td>
              <td class="wide meter-cell">
                <span class="meter failed" aria-hidden="true">
                  <span style={{ transform: `scaleX(${job.failed / top})` }} />
                </span>
              </td>
              <td class="num">{percent(job.failed, job.succeeded + job.failed)}</td>
            </tr>
          )}
        />
      )}
    </section>
  )
}
