import { useState } from 'preact/hooks'
import { Button } from '../components/button.tsx'
import { Empty, Skeleton } from '../components/empty.tsx'
import { JsonView } from '../components/json-view.tsx'
import { deleteSchedule, scheduleText, toggleSchedule, triggerSchedule } from '../components/schedule/actions.ts'
import { ScheduleEditor } from '../components/schedule/editor.tsx'
import { History } from '../components/schedule/history.tsx'
import { NextTimes } from '../components/schedule/next-times.tsx'
import { fleet } from '../server/fleet.ts'
import { usePoll } from '../server/poll.ts'
import { asJson } from '../server/wire.ts'
import { words } from '../server/words.ts'
import { navigate } from '../view/router.ts'

/** One schedule: when it ticks next, what it creates, what became of it. */
export function SchedulePage({ name }: { name: string }) {
  const { reading, refresh } = usePoll((signal) => fleet.schedules.get(name, { signal }), 3000, [name])
  const [editing, setEditing] = useState(false)
  const { data: schedule, error } = reading.value
  if (!schedule) {
    if (error)
      return (
        <Empty title="This schedule cannot be shown" command="./fleet schedules">
          {words(error)}
        </Empty>
      )
    return (
      <div class="page-head" aria-busy="true">
        <h1>
          <Skeleton width="12rem" />
        </h1>
      </div>
    )
  }
  if (editing) {
    return (
      <ScheduleEditor
        schedule={schedule}
        onDone={() => {
          setEditing(false)
          refresh()
        }}
      />
    )
  }
  return (
    <>
      <div class="page-head">
        <a class="button ghost small" href="/schedules">
          Schedules
        </a>
        <h1>{schedule.name}</h1>
        {schedule.paused && <span class="tag paused">paused</span>}
        <span class="muted">{scheduleText(schedule)}</span>
        <div class="actions">
          <Button icon="trigger" onClick={() => void triggerSchedule(schedule).then(refresh)}>
            Trigger
          </Button>
          <Button icon={schedule.paused ? 'play' : 'pause'} onClick={() => void toggleSchedule(schedule).then(refresh)}>
            {schedule.paused ? 'Resume' : 'Pause'}
          </Button>
          <Button icon="edit" onClick={() => setEditing(true)}>
            Change
          </Button>
          <Button
            icon="trash"
            kind="danger"
            label="Delete this schedule"
            onClick={() => void deleteSchedule(schedule).then((done) => done && navigate('/schedules'))}
          />
        </div>
      </div>
      <div class="columns">
        <section class="card" aria-label="The next times">
          <header>
            <h2>{schedule.paused ? 'Its times, if it were not paused' : 'The next times'}</h2>
          </header>
          <div class="card-body">
            <NextTimes times={schedule.next} />
          </div>
        </section>
        <section class="card facts" aria-label="Facts">
          <dl>
            {schedule.cron && (
              <div>
                <dt>Cron</dt>
                <dd class="mono">{schedule.cron}</dd>
              </div>
            )}
            {schedule.cron && (
              <div>
                <dt>Time zone</dt>
                <dd>{schedule.zone}</dd>
              </div>
            )}
            <div>
              <dt>Job</dt>
              <dd>
                <a href={`/jobs/${encodeURIComponent(schedule.job)}`}>{schedule.job}</a>
              </dd>
            </div>
            <div>
              <dt>Queue</dt>
              <dd>
                {schedule.queue} <span class="muted">{schedule.priority}</span>
              </dd>
            </div>
            <div>
              <dt>Attempts</dt>
              <dd>{schedule.maxAttempts}</dd>
            </div>
            <div>
              <dt>Overlap</dt>
              <dd>{schedule.overlap}</dd>
            </div>
            <div>
              <dt>Missed ticks</dt>
              <dd>{schedule.missed}</dd>
            </div>
          </dl>
        </section>
        <JsonView title="Input" value={asJson(schedule.input)} />
      </div>
      <History schedule={schedule} />
    </>
  )
}
