export function JobPage(_: { name?: string }) { return <h1>Job</h1> }
