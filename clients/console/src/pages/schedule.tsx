export function SchedulePage(_: { name?: string }) { return <h1>Schedule</h1> }
