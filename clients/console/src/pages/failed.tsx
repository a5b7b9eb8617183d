export function FailedPage(_: { name?: string }) { return <h1>Failed</h1> }
