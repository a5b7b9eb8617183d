import type { Fleet } from './fleet.ts'

export interface Scene {
  succeeded: string
  failed: string
  waiting: string
  running: string
}

const script =
  'for i in $(seq 1 40); do printf "\\e[32m✓\\e[0m step %d \\e[1;34mdone\\e[0m in \\e[33m%d ms\\e[0m\\n" $i $((i*7)); done; echo "that was all" >&2'

/** Gives a Fleet something to show on every page. */
export async function makeScene(fleet: Fleet): Promise<Scene> {
  await fleet.submitMany(60, { job: 'text.stats', input: { text: 'to be or not to be' }, tags: ['hamlet'] })
  await fleet.submitMany(12, { job: 'noop', input: { batch: 'nightly', part: 3 } })
  await fleet.call('POST', '/v1/queues/mail/pause')
  await fleet.submitMany(9, { job: 'noop', queue: 'mail', priority: 'high' })
  const failed = await Promise.all([
    ...['4711', '4712', '4713'].map((customer) =>
      fleet.submit({ job: 'fail', input: { message: `there is no customer ${customer}` }, maxAttempts: 1 }),
    ),
    fleet.submit({ job: 'fail', input: { message: 'the mail server said no' }, maxAttempts: 2, backoff: { kind: 'fixed', delay: 1 } }),
  ])
  const succeeded = await fleet.submit({ job: 'process', input: { file: 'bash', args: ['-c', script] }, tags: ['build'] })
  await fleet.call('PUT', '/v1/schedules/nightly', {
    cron: '30 2 * * 1-5',
    zone: 'Europe/Berlin',
    job: 'text.stats',
    input: { text: 'hi' },
  })
  await fleet.call('PUT', '/v1/schedules/heartbeat', { every: '00:00:05', job: 'noop' })
  await fleet.call('PUT', '/v1/schedules/yearly', { cron: '0 0 1 1 *', job: 'noop', paused: true })
  const waiting = await fleet.submit({ job: 'noop', delay: 86_400 })
  await Promise.all([...failed, succeeded].map((run) => fleet.ended(run.id)))
  const running = await fleet.submit({ job: 'sleep', input: { seconds: 600 } })
  return { succeeded: succeeded.id, failed: failed[3]!.id, waiting: waiting.id, running: running.id }
}

/** The address of each page, by what it is called. */
export const pagesOf = (scene: Scene): Record<string, string> => ({
  overview: '/',
  runs: '/runs',
  'runs-of-a-job': '/runs?job=text.stats',
  run: `/runs/${scene.succeeded}`,
  'run-failed': `/runs/${scene.failed}`,
  'run-waiting': `/runs/${scene.waiting}`,
  new: '/new?job=http',
  failed: '/failed',
  queues: '/queues',
  workers: '/workers',
  schedules: '/schedules',
  schedule: '/schedules/nightly',
  'schedule-history': '/schedules/heartbeat',
  'schedule-new': '/schedules?new=1',
  jobs: '/jobs',
  job: '/jobs/text.stats',
})
