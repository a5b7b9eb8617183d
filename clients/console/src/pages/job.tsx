import { useEffect } from 'preact/hooks'
import { Empty, Skeleton } from '../components/empty.tsx'
import { Icon } from '../components/icon.tsx'
import { JsonView } from '../components/json-view.tsx'
import { Figure } from '../components/overview/number.tsx'
import { Prose } from '../components/prose.tsx'
import { count, percent } from '../lib/numbers.ts'
import { duration } from '../lib/time.ts'
import { lastDay } from '../server/job-stats.ts'
import { jobs } from '../server/overall.ts'
import { asJson } from '../server/wire.ts'
import { href } from '../view/routes.ts'

/** One job: what it does, what it takes, and how it went in the last day. */
export function JobPage({ name }: { name: string }) {
  useEffect(() => lastDay.start(), [])
  const all = jobs.reading.value.data
  const job = all?.find((one) => one.name === name)
  const own = lastDay.reading.value.data?.find((one) => one.job === name)
  if (all && !job)
    return (
      <Empty title={`No worker has announced a job '${name}'`} command="./fleet jobs">
        It appears here as soon as one does.
      </Empty>
    )
  const ended = (own?.succeeded ?? 0) + (own?.failed ?? 0)
  const time = (ms: number | null | undefined): string | undefined =>
    lastDay.reading.value.data === undefined ? undefined : ms == null ? '–' : duration(ms)
  const { defaults } = job ?? {}
  return (
    <>
      <div class="page-head">
        <a class="button ghost small" href="/jobs">
          Jobs
        </a>
        <h1>{name}</h1>
        <div class="actions">
          <a class="button" href={href('/runs', { job: name })}>
            Its runs
          </a>
          <a class="button primary" href={href('/new', { job: name })}>
            <Icon name="play" /> Run
          </a>
        </div>
      </div>
      <p class="muted">{job ? <Prose text={job.description ?? 'Its author says nothing about it.'} /> : <Skeleton width="20rem" />}</p>
      <section class="figures" aria-label="Figures of the last day">
        <Figure name="Ended, last day" value={lastDay.reading.value.data && count(ended)} to={href('/runs', { job: name, since: '24h' })} />
        <Figure
          name="Failed"
          value={lastDay.reading.value.data && count(own?.failed ?? 0)}
          to={href('/runs', { job: name, state: 'failed' })}
          className={own?.failed ? 'failed' : ''}
        />
        <Figure
          name="Succeeded"
          value={lastDay.reading.value.data && percent(own?.succeeded ?? 0, ended)}
          to={href('/runs', { job: name, state: 'succeeded' })}
        />
        <Figure name="Half within" value={time(own?.run.p50)} to={href('/runs', { job: name })} />
        <Figure name="95 % within" value={time(own?.run.p95)} to={href('/runs', { job: name })} />
        <Figure name="99 % within" value={time(own?.run.p99)} to={href('/runs', { job: name })} />
      </section>
      <div class="columns">
        <JsonView title="Schema of its input" value={asJson(job?.inputSchema)} />
        {defaults && (
          <section class="card facts" aria-label="What its runs get by default">
            <header>
              <h2>What its runs get by default</h2>
            </header>
            <dl>
              <div>
                <dt>Queue</dt>
                <dd>{defaults.queue}</dd>
              </div>
              <div>
                <dt>Priority</dt>
                <dd>{defaults.priority}</dd>
              </div>
              <div>
                <dt>Attempts</dt>
                <dd>{defaults.maxAttempts}</dd>
              </div>
              <div>
                <dt>Timeout</dt>
                <dd>{defaults.timeout ?? 'none'}</dd>
              </div>
              <div>
                <dt>Backoff</dt>
                <dd>
                  {defaults.backoff
                    ? `${defaults.backoff.kind} ${defaults.backoff.delay ?? ''}`
                    : 'exponential, from 2 seconds to 10 minutes'}
                </dd>
              </div>
            </dl>
          </section>
        )}
      </div>
    </>
  )
}
