export function JobsPage(_: { name?: string }) { return <h1>Jobs</h1> }
