import { useEffect } from 'preact/hooks'
import { Confirmation } from './components/confirmation.tsx'
import { Empty } from './components/empty.tsx'
import { Shell } from './components/shell.tsx'
import { Toasts } from './components/toasts.tsx'
import { FailedPage } from './pages/failed.tsx'
import { JobPage } from './pages/job.tsx'
import { JobsPage } from './pages/jobs.tsx'
import { NewRunPage } from './pages/new-run.tsx'
import { OverviewPage } from './pages/overview.tsx'
import { QueuesPage } from './pages/queues.tsx'
import { RunPage } from './pages/run.tsx'
import { RunsPage } from './pages/runs.tsx'
import { SchedulePage } from './pages/schedule.tsx'
import { SchedulesPage } from './pages/schedules.tsx'
import { WorkersPage } from './pages/workers.tsx'
import { route } from './view/router.ts'
import type { RouteName } from './view/routes.ts'

const pages: Record<RouteName, { title: string; page: (argument: string) => preact.JSX.Element; fill?: boolean }> = {
  overview: { title: 'Overview', page: () => <OverviewPage /> },
  runs: { title: 'Runs', page: () => <RunsPage />, fill: true },
  run: { title: 'Run', page: (id) => <RunPage key={id} id={id} /> },
  new: { title: 'New run', page: () => <NewRunPage /> },
  queues: { title: 'Queues', page: () => <QueuesPage /> },
  workers: { title: 'Workers', page: () => <WorkersPage /> },
  schedules: { title: 'Schedules', page: () => <SchedulesPage /> },
  schedule: { title: 'Schedule', page: (name) => <SchedulePage key={name} name={name} /> },
  jobs: { title: 'Jobs', page: () => <JobsPage /> },
  job: { title: 'Job', page: (name) => <JobPage key={name} name={name} /> },
  failed: { title: 'Failed', page: () => <FailedPage /> },
}

export function App() {
  const here = route.value
  const shown = here && pages[here.name]
  const title = shown ? (here.argument ? `${here.argument} · ${shown.title}` : shown.title) : 'Nothing here'
  useEffect(() => {
    document.title = `${title} · Fleet`
  }, [title])
  return (
    <>
      <Shell fill={shown?.fill}>
        {shown ? shown.page(here.argument) : <Empty title="There is no such page">The navigation shows those there are.</Empty>}
      </Shell>
      <Toasts />
      <Confirmation />
    </>
  )
}
