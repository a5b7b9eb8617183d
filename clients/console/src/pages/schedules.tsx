export function SchedulesPage(_: { name?: string }) { return <h1>Schedules</h1> }
