import type { Signal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import type { Moment } from '../../lib/timeline.ts'
import type { Run } from '../../server/wire.ts'
import { href } from '../../view/routes.ts'
import { Copy } from '../copy.tsx'
import { Elapsed, Time } from '../time.tsx'

function Fact({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}

interface FactsProps {
  run: Run
  moment: Moment | undefined
  at: number | undefined
  watchers: Signal<number>
}

/** What is known of a run, at the moment that is shown. */
export function Facts({ run, moment, at, watchers }: FactsProps) {
  const attempt = moment?.attempt ?? run.attempt
  const worker = moment ? moment.worker : run.worker
  const startedAt = moment ? moment.startedAt : run.startedAt
  const finishedAt = moment ? moment.finishedAt : run.finishedAt
  const dueAt = moment ? moment.dueAt : run.dueAt
  return (
    <section class="card facts" aria-label="Facts">
      <dl>
        <Fact name="Id">
          <span class="row">
            <span class="mono xs truncate">{run.id}</span> <Copy text={() => run.id} label="Copy the id" />
          </span>
        </Fact>
        <Fact name="Job">
          <a href={`/jobs/${encodeURIComponent(run.job)}`}>{run.job}</a>
        </Fact>
        <Fact name="Queue">
          <a href={href('/runs', { queue: run.queue })}>{run.queue}</a> <span class="muted">{run.priority}</span>
        </Fact>
        <Fact name="Attempt">
          {attempt} of {run.maxAttempts}
        </Fact>
        {worker && (
          <Fact name="Worker">
            <span class="mono small">{worker}</span>
          </Fact>
        )}
        {run.schedule && (
          <Fact name="Schedule">
            <a href={`/schedules/${encodeURIComponent(run.schedule)}`}>{run.schedule}</a>
          </Fact>
        )}
        <Fact name="Created">
          <Time at={run.createdAt} />
        </Fact>
        {dueAt && (
          <Fact name="Due">
            <Time at={dueAt} />{' '}
            <span class="muted">
              (<Time at={dueAt} relative />)
            </span>
          </Fact>
        )}
        {startedAt && (
          <Fact name="Started">
            <Time at={startedAt} />
          </Fact>
        )}
        {finishedAt && (
          <Fact name="Ended">
            <Time at={finishedAt} />
          </Fact>
        )}
        <Fact name={startedAt ? 'Running time' : 'Waiting for'}>
          <Elapsed from={startedAt ?? run.createdAt} to={finishedAt ?? at} />
        </Fact>
        {watchers.value > 1 && <Fact name="Watching">you and {watchers.value - 1} more</Fact>}
        {run.tags.length > 0 && (
          <Fact name="Tags">
            <span class="row wrap">
              {run.tags.map((tag) => (
                <a key={tag} class="tag truncate" href={href('/runs', { tag })}>
                  {tag}
                </a>
              ))}
            </span>
          </Fact>
        )}
        {Object.entries(run.meta).map(([name, value]) => (
          <Fact key={name} name={name}>
            {value}
          </Fact>
        ))}
      </dl>
    </section>
  )
}
