import { Button } from '../components/button.tsx'
import { Empty } from '../components/empty.tsx'
import { Icon } from '../components/icon.tsx'
import { scheduleText, toggleSchedule, triggerSchedule } from '../components/schedule/actions.ts'
import { ScheduleEditor } from '../components/schedule/editor.tsx'
import { actionsColumn, TableCard } from '../components/table-card.tsx'
import { Time } from '../components/time.tsx'
import { fleet } from '../server/fleet.ts'
import { usePoll } from '../server/poll.ts'
import { navigate, query } from '../view/router.ts'
import { runHref } from '../view/routes.ts'

/** The schedules: what is created when. */
export function SchedulesPage() {
  const { reading, refresh } = usePoll((signal) => fleet.schedules.list({ signal }), 3000)
  const { data, error } = reading.value
  if (query.value.has('new'))
    return <ScheduleEditor onDone={(name) => navigate(name ? `/schedules/${encodeURIComponent(name)}` : '/schedules')} />
  return (
    <>
      <div class="page-head">
        <h1>Schedules</h1>
        <div class="actions">
          <a class="button primary" href="/schedules?new=1">
            <Icon name="plus" /> New schedule
          </a>
        </div>
      </div>
      <TableCard
        label="Schedules"
        items={data}
        error={error}
        unreadable="The schedules cannot be read"
        empty={
          <Empty
            title="No schedules yet"
            command={'./fleet schedules put nightly --cron \'30 2 * * *\' --zone Europe/Berlin --job text.stats --input \'{"text":"hi"}\''}
          >
            A schedule creates runs at times. Make one with <a href="/schedules?new=1">New schedule</a>, or:
          </Empty>
        }
        columns={[
          { title: 'Schedule' },
          { title: 'When', class: 'wide' },
          { title: 'Job', class: 'wide' },
          { title: 'Next', class: 'num' },
          { title: 'Last', class: 'num wide' },
          actionsColumn,
        ]}
        row={(schedule) => (
          <tr key={schedule.name}>
            <td>
              <a href={`/schedules/${encodeURIComponent(schedule.name)}`}>{schedule.name}</a>
              {schedule.paused && <span class="tag paused">paused</span>}
            </td>
            <td class="wide">
              {scheduleText(schedule)}{' '}
              <span class="muted xs mono">
                {schedule.cron ?? ''} {schedule.cron && schedule.zone}
              </span>
            </td>
            <td class="wide">
              <a class="plain" href={`/jobs/${encodeURIComponent(schedule.job)}`}>
                {schedule.job}
              </a>
            </td>
            <td class="num small">{schedule.paused ? <span class="muted">–</span> : <Time at={schedule.next[0]} relative />}</td>
            <td class="num wide small">
              {schedule.lastRun ? (
                <a class="plain" href={runHref(schedule.lastRun)}>
                  <Time at={schedule.last} relative />
                </a>
              ) : (
                <span class="muted">never</span>
              )}
            </td>
            <td class="actions">
              <span class="row end">
                <Button
                  small
                  icon="trigger"
                  label={`Trigger ${schedule.name} now`}
                  onClick={() => void triggerSchedule(schedule).then(refresh)}
                />
                <Button small icon={schedule.paused ? 'play' : 'pause'} onClick={() => void toggleSchedule(schedule).then(refresh)}>
                  {schedule.paused ? 'Resume' : 'Pause'}
                </Button>
              </span>
            </td>
          </tr>
        )}
      />
    </>
  )
}
