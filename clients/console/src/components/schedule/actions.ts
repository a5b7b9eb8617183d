import { cronText } from '../../lib/cron.ts'
import { duration, wireDuration } from '../../lib/time.ts'
import { fleet } from '../../server/fleet.ts'
import type { Schedule } from '../../server/wire.ts'
import { confirm } from '../../view/confirm.ts'
import { navigate } from '../../view/router.ts'
import { runHref } from '../../view/routes.ts'
import { attempt, toast } from '../../view/toasts.ts'

/** When a schedule ticks, in words; the expression itself where there are none. */
export function scheduleText(schedule: Pick<Schedule, 'cron' | 'every'>): string {
  if (schedule.cron) return cronText(schedule.cron) || schedule.cron
  const every = wireDuration(schedule.every)
  // Tenths are for what is measured; this was said.
  return every === undefined ? '' : `every ${duration(every).replace('.0 s', ' s')}`
}

export async function toggleSchedule(schedule: Schedule): Promise<void> {
  const act = schedule.paused ? () => fleet.schedules.resume(schedule.name) : () => fleet.schedules.pause(schedule.name)
  await attempt(act, schedule.paused ? `Resumed ${schedule.name}` : `Paused ${schedule.name}: it makes no ticks until it is resumed`)
}

export async function triggerSchedule(schedule: Schedule): Promise<void> {
  await attempt(async () => {
    const run = await fleet.schedules.trigger(schedule.name)
    toast(`Started a run of ${schedule.name}`, { action: { label: 'Show it', run: () => navigate(runHref(run.id)) } })
  })
}

export async function deleteSchedule(schedule: Schedule): Promise<boolean> {
  if (
    !(await confirm({
      title: `Delete ${schedule.name}?`,
      text: 'It creates no more runs; those that it created stay.',
      action: 'Delete it',
      danger: true,
    }))
  )
    return false
  const { last: _, lastRun: __, next: ___, ...rest } = schedule
  return attempt(() => fleet.schedules.delete(schedule.name), `Deleted ${schedule.name}`, {
    label: 'Undo',
    run: () => void attempt(() => fleet.schedules.put(schedule.name, rest), `${schedule.name} is back`),
  })
}
